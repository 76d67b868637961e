// SPDX-License-Identifier: MIT
#include "threads/future_peer.hpp"
#include "threads/rows_of.hpp"

#include <penstock/thread_pool.hpp>

namespace penstock::bench {

namespace {

class our_pool {
public:
    explicit our_pool(std::size_t workers) : pool_({.workers = workers}) {}
    template <class F>
    auto submit(F f) {
        return pool_.submit(std::move(f));
    }
    thread_pool& pool() { return pool_; }

private:
    thread_pool pool_;
};

std::uint64_t fib_by_tasks(thread_pool& pool, unsigned n) {
    if (n < 2) return n;
    auto left = pool.submit([&pool, n] { return fib_by_tasks(pool, n - 1); });
    const std::uint64_t right = fib_by_tasks(pool, n - 2);
    return left.get() + right;
}

struct penstock_peer : future_peer<our_pool> {
    static constexpr char name[] = "Penstock";
    using future_peer::future_peer;

    std::uint64_t fib(unsigned n) {
        return call([&pool = pool_.pool(), n] { return fib_by_tasks(pool, n); });
    }
    template <class F>
    void loop(std::size_t count, F body) {
        pool_.pool().for_each_index(count, body);
    }
};

}  // namespace

row_list rows_of_penstock() { return rows_of<penstock_peer>(); }

}  // namespace penstock::bench

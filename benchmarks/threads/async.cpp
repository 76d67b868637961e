// SPDX-License-Identifier: MIT
// std::async: a thread for each task, so the counts are smaller.
#include "threads/future_peer.hpp"
#include "threads/rows_of.hpp"

namespace penstock::bench {

namespace {

class async_pool {
public:
    explicit async_pool(std::size_t) {}
    template <class F>
    auto submit(F f) {
        return std::async(std::launch::async, std::move(f));
    }
};

std::uint64_t fib_by_async(unsigned n) {
    if (n < 2) return n;
    auto left = std::async(std::launch::async, fib_by_async, n - 1);
    const std::uint64_t right = fib_by_async(n - 2);
    return left.get() + right;
}

struct async_peer : future_peer<async_pool> {
    static constexpr char name[] = "std::async";
    static constexpr std::uint64_t handicap = 50;
    static constexpr unsigned smaller_fib = 8;
    using future_peer::future_peer;

    std::uint64_t fib(unsigned n) { return fib_by_async(n); }
    template <class F>
    void pending(std::uint64_t, F) {
        throw cannot_measure("a task never waits: it has a thread at once");
    }
};

}  // namespace

row_list rows_of_async() { return rows_of<async_peer>(); }

}  // namespace penstock::bench

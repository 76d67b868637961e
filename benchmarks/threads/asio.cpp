// SPDX-License-Identifier: MIT
#include "threads/future_peer.hpp"
#include "threads/rows_of.hpp"

#include <boost/asio/packaged_task.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace penstock::bench {

namespace {

class asio_pool {
public:
    explicit asio_pool(std::size_t workers) : pool_(workers) {}
    ~asio_pool() { pool_.join(); }
    template <class F>
    auto submit(F f) {
        return boost::asio::post(pool_, std::packaged_task<std::invoke_result_t<F>()>(std::move(f)));
    }

private:
    boost::asio::thread_pool pool_;
};

struct asio_peer : future_peer<asio_pool> {
    static constexpr char name[] = "Boost.Asio";
    using future_peer::future_peer;
};

}  // namespace

row_list rows_of_asio() { return rows_of<asio_peer>(); }

}  // namespace penstock::bench

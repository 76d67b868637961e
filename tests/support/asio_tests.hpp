// SPDX-License-Identifier: MIT
// The tests of asio.hpp, once for each Asio: the file that includes this one names it.
#pragma once

#include "contract/tools.hpp"

#include <penstock/asio.hpp>
#include <penstock/process_pool.hpp>
#include <penstock/thread_pool.hpp>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace penstock::test {
namespace {

int fails() { throw std::out_of_range("a failing task"); }

template <class Pool>
class PENSTOCK_ASIO_SUITE : public ::testing::Test {
protected:
    Pool pool{{.workers = 1}};
    asio_tested::io_context io;
};
using asio_pools = ::testing::Types<thread_pool, process_pool>;
TYPED_TEST_SUITE(PENSTOCK_ASIO_SUITE, asio_pools);

#if defined(ASIO_HAS_CO_AWAIT) || defined(BOOST_ASIO_HAS_CO_AWAIT) // not with clang 14
TYPED_TEST(PENSTOCK_ASIO_SUITE, use_awaitable) {
    int sum = 0;
    bool failed = false;
    asio_tested::co_spawn(
        this->io,
        [](TypeParam& from, int& result, bool& threw) -> asio_tested::awaitable<void> {
            result = co_await async_submit(from, add, 1, 2, asio_tested::use_awaitable);
            const task_options options{.label = "x"}; // g++ 12 destroys such a temporary in a co_await twice
            co_await async_submit(from, options, do_nothing, asio_tested::use_awaitable);
            try {
                co_await async_submit(from, fails, asio_tested::use_awaitable);
            } catch (const std::out_of_range&) {
                threw = true;
            }
        }(this->pool, sum, failed),
        asio_tested::detached);
    this->io.run(); // has work until it is done
    EXPECT_EQ(sum, 3);
    EXPECT_TRUE(failed);
}
#endif

TYPED_TEST(PENSTOCK_ASIO_SUITE, use_future) {
    EXPECT_EQ(async_submit(this->pool, add, 1, 2, asio_tested::use_future).get(), 3);
    async_submit(this->pool, do_nothing, asio_tested::use_future).get();
    EXPECT_THROW(async_submit(this->pool, fails, asio_tested::use_future).get(), std::out_of_range);
}

TYPED_TEST(PENSTOCK_ASIO_SUITE, are_callbacks_run_by_their_executor) {
    int sum = 0;
    std::thread::id where;
    async_submit(this->pool, add, 1, 2,
                 asio_tested::bind_executor(this->io, [&, moved = std::make_unique<int>(1)](std::exception_ptr error, int result) {
                     EXPECT_EQ(error, nullptr);
                     sum = result + *moved;
                     where = std::this_thread::get_id();
                 }));
    this->pool.wait_idle();
    EXPECT_EQ(sum, 0);
    this->io.run();
    EXPECT_EQ(sum, 4);
    EXPECT_EQ(where, std::this_thread::get_id());
}

TYPED_TEST(PENSTOCK_ASIO_SUITE, are_callbacks_without_an_executor) {
    event done;
    int sum = 0;
    async_submit(this->pool, add, 1, 2, [&](std::exception_ptr, int result) {
        sum = result;
        done.set();
    });
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(sum, 3);
}

TYPED_TEST(PENSTOCK_ASIO_SUITE, get_what_submit_would_throw) {
    this->pool.shutdown();
    EXPECT_THROW(async_submit(this->pool, add, 1, 2, asio_tested::use_future).get(), pool_closed);
    TypeParam full{{.workers = 1, .max_pending = 1}};
    busy_worker<TypeParam> busy(full);
    EXPECT_THROW(async_submit(full, add, 1, 2, asio_tested::use_future).get(), queue_full);
}

#if PENSTOCK_ASIO_CANCELS
TYPED_TEST(PENSTOCK_ASIO_SUITE, cancel_what_is_pending) {
    busy_worker<TypeParam> busy(this->pool);
    asio_tested::cancellation_signal signal;
    std::exception_ptr error;
    async_submit(this->pool, add, 1, 2,
                 asio_tested::bind_cancellation_slot(
                     signal.slot(), asio_tested::bind_executor(this->io, [&](std::exception_ptr e, int) { error = e; })));
    signal.emit(asio_tested::cancellation_type::total);
    this->io.run();
    EXPECT_THROW(std::rethrow_exception(error), task_cancelled);
}

TYPED_TEST(PENSTOCK_ASIO_SUITE, end_what_runs_when_the_cancellation_is_terminal) {
    const gate started;
    const gate release;
    asio_tested::cancellation_signal signal;
    std::exception_ptr error;
    async_submit(this->pool, hold, started.path(), release.path(),
                 asio_tested::bind_cancellation_slot(
                     signal.slot(), asio_tested::bind_executor(this->io, [&](std::exception_ptr e, int) { error = e; })));
    started.wait();
    signal.emit(asio_tested::cancellation_type::partial); // too late for that
    signal.emit(asio_tested::cancellation_type::terminal);
    release.open(); // a thread comes to its end by itself
    this->io.run();
    signal.emit(asio_tested::cancellation_type::terminal); // nothing is left to cancel
    EXPECT_THROW(std::rethrow_exception(error), task_cancelled);
}
#endif

} // namespace
} // namespace penstock::test

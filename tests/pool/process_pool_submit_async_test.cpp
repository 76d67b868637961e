// SPDX-License-Identifier: MIT
// submit_async: coroutines that wait for room in a pool with a bound go on in their order, wherever the pool goes meanwhile.
#include "pool/bounded_pool_fixture.hpp"
#include "support/detached.hpp"
#include "tally.hpp"

#include <atomic>
#include <mutex>

namespace penstock::test {
namespace {

constexpr std::size_t mib = 1024 * 1024;

std::size_t length(const std::string& text) { return text.size(); }
void die() { ::_exit(1); }
void initialize_when_told(const std::string& arrived, const std::string& gate) {
    stay(arrived, gate);
    throw std::runtime_error("on purpose");
}

/// What coroutines did, in the order in which they went on.
struct log_book {
    std::mutex mutex;
    std::vector<int> resumed;
    std::vector<future<int>> futures;
    std::set<std::thread::id> threads;
    int refused = 0;

    void add(int number, future<int> result) {
        const std::lock_guard lock(mutex);
        resumed.push_back(number);
        futures.push_back(std::move(result));
        threads.insert(std::this_thread::get_id());
    }
    std::size_t count() {
        const std::lock_guard lock(mutex);
        return resumed.size();
    }
};
detached submit_one(process_pool& pool, int number, log_book& book) {
    future<int> result = co_await pool.submit_async(twice, number);
    book.add(number, std::move(result));
}
detached submit_large(process_pool& pool, std::size_t bytes, log_book& book) {
    static_cast<void>(co_await pool.submit_async(length, std::string(bytes, 'y')));
    book.add(0, {});
}
detached submit_or_count(process_pool& pool, log_book& book) {
    try {
        future<int> result = co_await pool.submit_async(twice, 1);
        book.add(1, std::move(result));
    } catch (const pool_closed&) {
        const std::lock_guard lock(book.mutex);
        ++book.refused;
    }
}

owned mark_one(process_pool& pool, std::string marks) { static_cast<void>(co_await pool.submit_async(tally::mark, marks)); }

class process_pool_submit_async : public bounded_pool_test {};

TEST_F(process_pool_submit_async, coroutines_resume_in_order_on_the_callback_thread) {
    process_pool pool{{.workers = 1, .max_pending = 1}};
    hold(pool);
    log_book book;
    for (int i = 0; i != 50; ++i) submit_one(pool, i, book);
    EXPECT_EQ(book.count(), 0u);
    EXPECT_FALSE(pool.try_submit(twice, 1)) << "nobody overtakes those who wait";
    let_go();
    ASSERT_TRUE(eventually([&] { return book.count() == 50; })) << book.count();
    pool.wait_idle();
    for (int i = 0; i != 50; ++i) {
        EXPECT_EQ(book.resumed[static_cast<std::size_t>(i)], i);
        EXPECT_EQ(outcome_of(book.futures[static_cast<std::size_t>(i)]), 2 * i);
    }
    EXPECT_EQ(book.threads.size(), 1u);
    EXPECT_EQ(book.threads.count(std::this_thread::get_id()), 0u);
}

// There is room for a small task, but one that needs more has waited for longer.
TEST_F(process_pool_submit_async, nobody_overtakes_a_large_task_that_waits) {
    process_pool pool{{.workers = 1, .max_pending_bytes = mib}};
    hold(pool);
    log_book book;
    auto first = pool.try_submit(length, std::string(mib / 2, 'x'));
    submit_large(pool, mib * 3 / 4, book);
    EXPECT_EQ(book.count(), 0u);
    EXPECT_FALSE(pool.try_submit(twice, 1));
    std::thread producer([&] {
        outcome_of(pool.submit(twice, 1));
        EXPECT_EQ(book.count(), 1u) << "it was overtaken";
    });
    EXPECT_TRUE(first->cancel());
    ASSERT_TRUE(eventually([&] { return book.count() == 1; }));
    EXPECT_TRUE(pool.try_submit(twice, 1)) << "nobody waits any more";
    let_go();
    producer.join();
    pool.wait_idle();
}

TEST_F(process_pool_submit_async, a_coroutine_that_need_not_wait_goes_on_at_once) {
    process_pool pool{{.workers = 1, .max_pending = 100}};
    log_book book;
    for (int i = 0; i != 20; ++i) submit_one(pool, i, book);
    EXPECT_EQ(book.count(), 20u);
    EXPECT_EQ(book.threads.count(std::this_thread::get_id()), 1u);
    for (auto& each : book.futures) outcome_of(each);
}

TEST_F(process_pool_submit_async, an_awaiter_that_is_dropped_submits_nothing) {
    process_pool pool{{.workers = 1}};
    static_cast<void>(pool.submit_async(die));
    EXPECT_EQ(outcome_of(pool.submit(twice, 2)), 4);
    EXPECT_EQ(pool.stats().failed, 0u);
}

TEST_F(process_pool_submit_async, a_coroutine_that_is_destroyed_while_it_waits_is_not_resumed_and_its_task_never_runs) {
    const tally marks;
    owned second;
    {
        process_pool pool{{.workers = 1, .max_pending = 1}};
        hold(pool);
        owned first = mark_one(pool, marks.path());
        second = mark_one(pool, marks.path());
        first.handle.destroy();
        let_go();
        EXPECT_TRUE(eventually([&] { return marks.count() != 0; })) << "the second one is not launched";
    } // and the thread that resumes is gone
    EXPECT_EQ(marks.count(), 1u);
    EXPECT_TRUE(second.handle.done());
    second.handle.destroy();
}

TEST_F(process_pool_submit_async, a_shutdown_wakes_coroutines_that_wait_as_well) {
    for (const auto mode : {shutdown_mode::drain, shutdown_mode::cancel_pending, shutdown_mode::kill}) {
        const arrivals there;
        const gate release;
        log_book book;
        std::atomic<int> closed{0};
        std::vector<std::thread> producers;
        process_pool pool{{.workers = 1, .max_pending = 1}};
        auto held = pool.submit(stay, there.path(), release.path());
        there.next();
        for (int i = 0; i != 4; ++i)
            producers.emplace_back([&] {
                try {
                    static_cast<void>(pool.submit(twice, 1));
                    ADD_FAILURE() << "there was no room";
                } catch (const pool_closed&) {
                    ++closed;
                }
            });
        for (int i = 0; i != 4; ++i) submit_or_count(pool, book);
        std::thread ending([&] { pool.shutdown(mode); });
        for (auto& producer : producers) producer.join(); // before the worker is done
        EXPECT_EQ(closed, 4);
        ASSERT_TRUE(eventually([&] { return book.count() == 4; }));
        release.open();
        ending.join();
        for (auto& each : book.futures) EXPECT_THROW(outcome_of(each), penstock::error);
    }
}

TEST_F(process_pool_submit_async, a_broken_pool_wakes_those_who_wait) {
    log_book book;
    std::vector<std::thread> producers;
    std::atomic<int> broken{0};
    process_pool pool{{.workers = 1, .initializer = call(initialize_when_told, there_.path(), release_.path()), .max_pending = 1}};
    there_.next();
    auto first = pool.submit(twice, 1);
    for (int i = 0; i != 4; ++i)
        producers.emplace_back([&] {
            error_of<pool_broken>(pool.submit(twice, 1));
            ++broken;
        });
    for (int i = 0; i != 4; ++i) submit_one(pool, i, book);
    release_.open();
    for (auto& producer : producers) producer.join();
    EXPECT_EQ(broken, 4);
    ASSERT_TRUE(eventually([&] { return book.count() == 4; }));
    for (auto& each : book.futures) error_of<pool_broken>(each);
    error_of<pool_broken>(first);
}

TEST_F(process_pool_submit_async, wait_idle_waits_for_those_who_wait_for_room_too) {
    process_pool pool{{.workers = 1, .max_pending = 1}};
    hold(pool);
    log_book book;
    for (int i = 0; i != 5; ++i) submit_one(pool, i, book);
    release_.open();
    pool.wait_idle();
    EXPECT_EQ(pool.stats().done, 6u);
    ASSERT_TRUE(eventually([&] { return book.count() == 5; }));
    let_go();
}

} // namespace
} // namespace penstock::test

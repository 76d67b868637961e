// SPDX-License-Identifier: MIT
// max_pending and max_pending_bytes: submit waits, try_submit is empty, submit_async resumes, a callback gets queue_full;
// and a million submits behind slow workers stay within the bound. What waits is woken when the pool ends or breaks.
#include "event.hpp"
#include "support/payload.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"
#include "tally.hpp"

#include <atomic>
#include <coroutine>
#include <exception>
#include <fstream>
#include <mutex>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t mib = 1024 * 1024;
constexpr std::size_t allowance = (with_sanitizer ? 2'000 : 20) * mib; // a sanitizer keeps what is freed

std::size_t length(const std::string& text) { return text.size(); }
void die() { ::_exit(1); }
void initialize_when_told(const std::string& arrived, const std::string& gate) {
    stay(arrived, gate);
    throw std::runtime_error("on purpose");
}

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t size = 0;
    std::size_t resident = 0;
    file >> size >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// A coroutine that nobody awaits; it begins at once and cleans up after itself.
struct detached {
    struct promise_type {
        detached get_return_object() noexcept { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { std::terminate(); }
    };
};

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

/// A coroutine that its owner destroys, wherever it is.
struct owned {
    struct promise_type {
        owned get_return_object() noexcept { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() noexcept {}
        void unhandled_exception() noexcept { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle = {};
};
owned mark_one(process_pool& pool, std::string marks) { static_cast<void>(co_await pool.submit_async(tally::mark, marks)); }

class process_pool_backpressure : public pool_test {
protected:
    ~process_pool_backpressure() override { expect_back_to(before_); }

    /// Keeps the first worker busy until the gate opens.
    void hold(process_pool& pool) {
        held_.push_back(pool.submit(stay, there_.path(), release_.path()));
        there_.next();
    }
    void let_go() {
        release_.open();
        for (auto& each : held_) outcome_of(each);
        held_.clear();
    }

    arrivals there_;
    gate release_;
    std::vector<future<pid_t>> held_;
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_backpressure, try_submit_is_empty_at_the_bound_and_not_below) {
    process_pool pool{{.workers = 1, .max_pending = 10}};
    hold(pool);
    std::vector<future<int>> taken;
    for (int i = 0; i != 9; ++i) {
        auto one = pool.try_submit(twice, i);
        ASSERT_TRUE(one) << i;
        taken.push_back(std::move(*one));
    }
    for (int i = 0; i != 100; ++i) EXPECT_FALSE(pool.try_submit({.label = "too much"}, twice, i));
    EXPECT_TRUE(taken.back().cancel());
    EXPECT_TRUE(pool.try_submit(twice, 1)) << "a cancelled task makes room";
    EXPECT_FALSE(pool.try_submit(twice, 1));
    let_go();
    for (int i = 0; i != 8; ++i) EXPECT_EQ(outcome_of(taken[static_cast<std::size_t>(i)]), 2 * i);
    pool.wait_idle();
    EXPECT_TRUE(pool.try_submit(twice, 1));
}

TEST_F(process_pool_backpressure, submit_waits_until_there_is_room) {
    process_pool pool{{.workers = 1, .max_pending = 2}};
    hold(pool);
    auto waiting = pool.submit(twice, 1);
    std::atomic<bool> submitted{false};
    std::thread producer([&] {
        EXPECT_EQ(outcome_of(pool.submit(twice, 21)), 42);
        submitted = true;
    });
    for (int i = 0; i != 100; ++i) EXPECT_FALSE(pool.try_submit(twice, 1));
    EXPECT_FALSE(submitted);
    EXPECT_EQ(pool.stats().queued, 1u);
    let_go();
    producer.join();
    EXPECT_EQ(outcome_of(waiting), 2);
}

TEST_F(process_pool_backpressure, bytes_are_bounded_too_and_one_task_is_always_taken) {
    process_pool pool{{.workers = 1, .max_pending_bytes = mib}};
    EXPECT_EQ(outcome_of(pool.submit(length, std::string(3 * mib, 'x'))), 3 * mib) << "larger than the bound, but alone";
    pool.wait_idle();
    hold(pool);
    auto first = pool.try_submit(length, std::string(mib / 2, 'x'));
    ASSERT_TRUE(first);
    EXPECT_FALSE(pool.try_submit(length, std::string(mib / 2, 'x')));
    auto small = pool.try_submit(length, std::string(mib / 4, 'x'));
    ASSERT_TRUE(small);
    std::thread producer([&] { EXPECT_EQ(outcome_of(pool.submit(length, std::string(mib / 2, 'y'))), mib / 2); });
    let_go();
    producer.join();
    EXPECT_EQ(outcome_of(*first), mib / 2);
    EXPECT_EQ(outcome_of(*small), mib / 4);
}

TEST_F(process_pool_backpressure, coroutines_resume_in_order_on_the_callback_thread) {
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
TEST_F(process_pool_backpressure, nobody_overtakes_a_large_task_that_waits) {
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

TEST_F(process_pool_backpressure, a_coroutine_that_need_not_wait_goes_on_at_once) {
    process_pool pool{{.workers = 1, .max_pending = 100}};
    log_book book;
    for (int i = 0; i != 20; ++i) submit_one(pool, i, book);
    EXPECT_EQ(book.count(), 20u);
    EXPECT_EQ(book.threads.count(std::this_thread::get_id()), 1u);
    for (auto& each : book.futures) outcome_of(each);
}

TEST_F(process_pool_backpressure, an_awaiter_that_is_dropped_submits_nothing) {
    process_pool pool{{.workers = 1}};
    static_cast<void>(pool.submit_async(die));
    EXPECT_EQ(outcome_of(pool.submit(twice, 2)), 4);
    EXPECT_EQ(pool.stats().failed, 0u);
}

TEST_F(process_pool_backpressure, in_a_callback_submit_on_a_full_pool_throws_queue_full) {
    process_pool pool{{.workers = 2, .max_pending = 2}};
    hold(pool);
    auto first = pool.submit(twice, 1);
    event done;
    std::string what;
    first.on_done([&](future<int>&) {
        std::optional<future<pid_t>> blocker;
        while (!(blocker = pool.try_submit(stay, there_.path(), release_.path()))) {} // its own task counts until it is published
        try {
            static_cast<void>(pool.submit(twice, 3));
        } catch (const queue_full& e) {
            what = e.what();
        }
        done.set();
    });
    ASSERT_TRUE(done.wait());
    EXPECT_NE(what.find("callback"), std::string::npos) << what;
    there_.next();
    let_go();
    expect_works(pool);
}

TEST_F(process_pool_backpressure, a_callback_may_submit_while_there_is_room) {
    process_pool pool{{.workers = 1, .max_pending = 10}};
    event done;
    future<int> second;
    auto first = pool.submit(twice, 1);
    first.on_done([&](future<int>&) {
        second = pool.submit(twice, 2);
        done.set();
    });
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(outcome_of(second), 4);
}

// A producer that never waits, in front of a worker that never ends: what is refused leaves nothing behind.
TEST_F(process_pool_backpressure, a_million_tries_at_a_full_pool_take_no_memory) {
    process_pool pool{{.workers = 1, .max_pending = 1'000}};
    hold(pool);
    std::vector<future<std::size_t>> taken;
    const std::string text = random_text(200);
    while (auto one = pool.try_submit(length, text)) taken.push_back(std::move(*one));
    EXPECT_EQ(taken.size(), 999u);
    const std::size_t before = resident_bytes();
    const int tries = with_sanitizer ? 20'000 : 1'000'000;
    int refused = 0;
    for (int i = 0; i != tries; ++i) refused += !pool.try_submit(length, text);
    EXPECT_EQ(refused, tries);
    EXPECT_LT(resident_bytes(), before + allowance);
    let_go();
    for (auto& each : taken) EXPECT_EQ(outcome_of(each), 200u);
}

TEST_F(process_pool_backpressure, a_million_submits_stay_within_the_bound) {
    process_pool pool{{.workers = 2, .max_pending = 1'000}};
    wake_all(pool);
    const std::uint64_t tasks = with_sanitizer ? 20'000 : 1'000'000;
    std::size_t before = 0;
    std::size_t most = 0;
    for (std::uint64_t i = 0; i != tasks; ++i) {
        static_cast<void>(pool.submit(do_nothing));
        if (i % 10'000 != 5'000) continue;
        const auto stats = pool.stats();
        EXPECT_LE(stats.queued + stats.running, 1'000u);
        most = std::max(most, resident_bytes());
        if (before == 0) before = most;
    }
    pool.wait_idle();
    EXPECT_EQ(pool.stats().done, tasks + 2);
    EXPECT_LT(most, before + allowance);
}

TEST_F(process_pool_backpressure, a_coroutine_that_is_destroyed_while_it_waits_is_not_resumed_and_its_task_never_runs) {
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

TEST_F(process_pool_backpressure, producers_in_many_threads_all_come_through) {
    process_pool pool{{.workers = 2, .max_pending = 3}};
    const int each = with_sanitizer ? 100 : 1'000;
    std::vector<std::thread> producers;
    std::atomic<int> sum{0};
    for (int t = 0; t != 8; ++t)
        producers.emplace_back([&] {
            for (int i = 0; i != each; ++i) sum += outcome_of(pool.submit(twice, 1));
        });
    for (auto& producer : producers) producer.join();
    EXPECT_EQ(sum, 8 * each * 2);
}

TEST_F(process_pool_backpressure, a_shutdown_wakes_threads_that_wait) {
    process_pool pool{{.workers = 1, .max_pending = 1}};
    hold(pool);
    std::atomic<int> begun{0};
    std::vector<std::thread> producers;
    for (int i = 0; i != 4; ++i)
        producers.emplace_back([&] {
            ++begun;
            EXPECT_THROW(static_cast<void>(pool.submit(twice, 1)), pool_closed);
        });
    EXPECT_TRUE(eventually([&] { return begun == 4; }));
    std::thread ending([&] { pool.shutdown(); });
    for (auto& producer : producers) producer.join(); // while the worker is still busy
    EXPECT_FALSE(held_.front().ready());
    let_go();
    ending.join();
}

TEST_F(process_pool_backpressure, a_shutdown_wakes_coroutines_that_wait_as_well) {
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

TEST_F(process_pool_backpressure, a_broken_pool_wakes_those_who_wait) {
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

TEST_F(process_pool_backpressure, wait_idle_waits_for_those_who_wait_for_room_too) {
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

TEST_F(process_pool_backpressure, a_broadcast_is_not_held_back) {
    process_pool pool{{.workers = 1, .max_pending = 1}};
    hold(pool);
    auto all = pool.broadcast(twice, 2);
    let_go();
    EXPECT_EQ(outcome_of(all[0]), 4);
}

TEST_F(process_pool_backpressure, a_lost_task_makes_room) {
    process_pool pool{{.workers = 1, .max_pending = 1}};
    for (int i = 0; i != 10; ++i) error_of<worker_died>(pool.submit(die));
    EXPECT_EQ(outcome_of(pool.submit(twice, 1)), 2);
}

} // namespace
} // namespace penstock::test

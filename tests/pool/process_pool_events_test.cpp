// SPDX-License-Identifier: MIT
// pool_options.on_event: started, ready, died with signal or exit status, task and hint, recycled and why; one at a time,
// on the callback thread. fell_back is in process_pool_forkserver_spawn_test.cpp.
#include "support/event_log.hpp"
#include "support/pool_test.hpp"
#include "support/stubborn_tasks.hpp"

#include <algorithm>
#include <atomic>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

void exit_with(int status) { ::_exit(status); }
void die_of(int signal) {
    std::signal(signal, SIG_DFL); // a sanitizer may have a handler
    ::raise(signal);
}
void throw_on_purpose() { throw std::runtime_error("on purpose"); }

class process_pool_events : public pool_test {
protected:
    ~process_pool_events() override { expect_back_to(before_); }

    pool_options with(std::size_t workers) { return {.workers = workers, .on_event = events_.function()}; }
    pool_event last_death(std::size_t number) {
        EXPECT_TRUE(events_.wait_for(pool_event_kind::died, number));
        const auto deaths = events_.of(pool_event_kind::died);
        return deaths.empty() ? pool_event{} : deaths.back();
    }

    arrivals there_;
    gate release_;
    event_log events_;
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_events, every_worker_is_started_and_then_ready) {
    std::set<pid_t> pids;
    {
        process_pool pool(with(3));
        pids = wake_all(pool);
    }
    EXPECT_EQ(events_.count(pool_event_kind::started), 3u);
    EXPECT_EQ(events_.count(pool_event_kind::ready), 3u);
    EXPECT_EQ(events_.all().size(), 6u) << "the end of a pool is no event of its workers";
    std::set<std::size_t> places;
    std::set<pid_t> seen;
    for (const pool_event& event : events_.of(pool_event_kind::started)) {
        places.insert(event.worker);
        seen.insert(event.pid);
    }
    EXPECT_EQ(places, (std::set<std::size_t>{0, 1, 2}));
    EXPECT_EQ(seen, pids);
    const auto all = events_.all();
    for (const pid_t pid : pids) {
        const auto first = std::find_if(all.begin(), all.end(), [&](const pool_event& event) { return event.pid == pid; });
        EXPECT_EQ(first->kind, pool_event_kind::started);
    }
}

TEST_F(process_pool_events, a_death_tells_its_signal_or_status_its_task_and_a_hint) {
    process_pool pool(with(1));
    const pid_t first = outcome_of(pool.submit(own_pid));
    error_of<worker_died>(pool.submit({.label = "seven"}, exit_with, 7));
    pool_event event = last_death(1);
    EXPECT_EQ(event.pid, first);
    EXPECT_EQ(event.worker, 0u);
    EXPECT_EQ(event.signal, 0);
    EXPECT_EQ(event.exit_status, 7);
    EXPECT_EQ(event.task_id, 2u);
    EXPECT_EQ(event.task_label, "seven");

    error_of<worker_died>(pool.submit(die_of, SIGSEGV));
    event = last_death(2);
    EXPECT_EQ(event.signal, SIGSEGV);
    EXPECT_EQ(event.exit_status, -1);
    EXPECT_EQ(event.task_id, 3u);
    EXPECT_EQ(event.task_label, "");

    error_of<worker_died>(pool.submit(exit_with, 0));
    EXPECT_NE(last_death(3).reason.find("ended the process"), std::string::npos);

    kill_and_wait(outcome_of(pool.submit(own_pid)));
    event = last_death(4);
    EXPECT_EQ(event.signal, SIGKILL);
    EXPECT_EQ(event.task_id, 0u) << "it was idle";
    EXPECT_NE(event.reason.find("memory was short"), std::string::npos) << event.reason;
    EXPECT_TRUE(events_.wait_for(pool_event_kind::ready, 5)) << "each was replaced";
}

TEST_F(process_pool_events, a_worker_that_a_deadline_ends_has_died_too) {
    pool_options options = with(1);
    options.grace = 20ms;
    process_pool pool(options);
    error_of<task_timeout>(pool.submit({.timeout = 10ms, .label = "deaf"}, ignore, there_.path()));
    const pool_event event = last_death(1);
    EXPECT_EQ(event.signal, SIGTERM);
    EXPECT_EQ(event.task_label, "deaf");
    EXPECT_NE(event.reason.find("made to end"), std::string::npos) << event.reason;
}

TEST_F(process_pool_events, killing_the_pool_or_breaking_it_is_no_death_of_workers) {
    {
        process_pool pool(with(2));
        auto held = pool.submit(stay, there_.path(), release_.path());
        there_.next();
        pool.shutdown(shutdown_mode::kill);
        error_of<pool_closed>(held);
        EXPECT_EQ(pool.stats().respawns_died, 0u);
    }
    {
        pool_options options = with(3);
        options.initializer = call(throw_on_purpose);
        process_pool pool(options);
        error_of<pool_broken>(pool.submit(twice, 1));
    }
    EXPECT_EQ(events_.count(pool_event_kind::died), 0u);
}

TEST_F(process_pool_events, started_and_gone_add_up) {
    {
        pool_options options = with(2);
        options.max_tasks_per_worker = 3;
        process_pool pool(options);
        for (int i = 0; i != 60; ++i) {
            if (i % 20 == 5) error_of<worker_died>(pool.submit(exit_with, 1));
            else EXPECT_EQ(outcome_of(pool.submit(twice, i)), 2 * i);
        }
        EXPECT_EQ(wake_all(pool).size(), 2u);
        pool.wait_idle();
        const auto stats = pool.stats();
        EXPECT_EQ(stats.respawns_died, 3u);
        EXPECT_EQ(events_.count(pool_event_kind::died), 3u);
        EXPECT_TRUE(events_.wait_for(pool_event_kind::recycled, stats.respawns_recycled));
        EXPECT_EQ(events_.count(pool_event_kind::recycled), stats.respawns_recycled);
    }
    // Those that were left at the end went without a word.
    const std::size_t gone = events_.count(pool_event_kind::died) + events_.count(pool_event_kind::recycled);
    EXPECT_GE(events_.count(pool_event_kind::started), gone);
    EXPECT_LE(events_.count(pool_event_kind::started), gone + 2);
}

TEST_F(process_pool_events, come_one_at_a_time_on_the_callback_thread) {
    std::atomic<int> inside{0};
    std::atomic<int> overlaps{0};
    std::set<std::thread::id> threads;
    std::thread::id of_callbacks;
    {
        process_pool pool({.workers = 3, .on_event = [&](const pool_event&) {
                               if (++inside != 1) ++overlaps;
                               threads.insert(std::this_thread::get_id());
                               --inside;
                           }});
        auto task = pool.submit(twice, 1);
        task.on_done([&] { of_callbacks = std::this_thread::get_id(); });
        for (int i = 0; i != 10; ++i) kill_and_wait(outcome_of(pool.submit(own_pid)));
        outcome_of(task);
    }
    EXPECT_EQ(overlaps, 0);
    EXPECT_EQ(threads, std::set<std::thread::id>{of_callbacks});
    EXPECT_NE(of_callbacks, std::this_thread::get_id());
}

TEST_F(process_pool_events, a_function_that_throws_is_reported_and_called_again) {
    const silence quiet;
    std::atomic<int> calls{0};
    {
        process_pool pool({.workers = 2, .on_event = [&](const pool_event&) {
                               ++calls;
                               throw std::runtime_error("on purpose");
                           }});
        expect_works(pool);
    }
    EXPECT_EQ(calls, 4);
}

TEST_F(process_pool_events, the_function_may_use_the_pool) {
    process_pool* reached = nullptr;
    std::vector<future<int>> made;
    event_log seen;
    {
        process_pool pool({.workers = 1, .on_event = [&](const pool_event& event) {
                               if (event.kind == pool_event_kind::died && reached != nullptr) {
                                   made.push_back(reached->submit(twice, 21));
                                   EXPECT_EQ(reached->workers(), 1u);
                                   EXPECT_GE(reached->stats().respawns_died, 1u);
                               }
                               seen.add(event);
                           }});
        expect_works(pool);
        reached = &pool;
        kill_and_wait(outcome_of(pool.submit(own_pid)));
        EXPECT_TRUE(seen.wait_for(pool_event_kind::died, 1));
    }
    ASSERT_EQ(made.size(), 1u);
    EXPECT_EQ(outcome_of(made.front()), 42);
}

TEST_F(process_pool_events, a_function_that_does_not_return_stalls_no_task) {
    const gate release;
    process_pool pool({.workers = 1, .on_event = [&](const pool_event&) { release.wait(); }});
    for (int i = 0; i != 3; ++i) {
        kill_and_wait(outcome_of(pool.submit(own_pid)));
        EXPECT_EQ(outcome_of(pool.submit(twice, i)), 2 * i);
    }
    release.open();
}

} // namespace
} // namespace penstock::test

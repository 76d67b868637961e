// SPDX-License-Identifier: MIT
// future::cancel: of tasks that wait, and with force of tasks that run. One outcome each, callbacks in order, and the task
// that comes next is never harmed.
#include "event.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"
#include "support/stubborn_tasks.hpp"
#include "tally.hpp"

#include <atomic>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

void mark(const std::string& marks) { tally::mark(marks); }
bool is_asked() { return this_task::stop_requested(); }
pid_t answer_after_a_while(unsigned spins) {
    for (volatile unsigned i = 0; i < spins;) i = i + 1;
    return ::getpid();
}

/// Says that it was asked to stop, and goes on until the gate opens.
pid_t ignore_until(const std::string& arrived, const std::string& gate) {
    arrivals::announce(arrived);
    run_until([] { return this_task::stop_requested(); });
    this_task::progress(1);
    gate::wait(gate);
    return ::getpid();
}

class process_pool_cancel_force : public pool_test {
protected:
    ~process_pool_cancel_force() override { expect_back_to(before_); }

    arrivals there_;
    gate release_;
    tally marks_;
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_cancel_force, a_pending_task_never_runs_with_or_without_force) {
    process_pool pool{{.workers = 1}};
    auto held = pool.submit(stay, there_.path(), release_.path());
    there_.next();
    std::vector<future<void>> pending;
    for (int i = 0; i != 20; ++i) pending.push_back(pool.submit({.label = "pending"}, mark, marks_.path()));
    for (std::size_t i = 0; i != 20; ++i) EXPECT_TRUE(pending[i].cancel(i % 2 == 0));
    for (auto& each : pending) {
        EXPECT_FALSE(each.cancel(force)) << "it is done";
        const auto e = error_of<task_cancelled>(each);
        EXPECT_NE(std::string(e.what()).find("'pending' was cancelled before it ran"), std::string::npos) << e.what();
    }
    EXPECT_FALSE(held.ready());
    release_.open();
    outcome_of(held);
    expect_works(pool);
    EXPECT_EQ(marks_.count(), 0u);
    EXPECT_EQ(pool.stats().cancelled, 20u);
}

TEST_F(process_pool_cancel_force, without_force_a_running_task_goes_on) {
    process_pool pool{{.workers = 1}};
    auto held = pool.submit(stay, there_.path(), release_.path());
    const pid_t worker = there_.next();
    EXPECT_FALSE(held.cancel());
    release_.open();
    EXPECT_EQ(outcome_of(held), worker);
    EXPECT_EQ(pool.stats().cancelled, 0u);
}

TEST_F(process_pool_cancel_force, a_task_that_obeys_costs_no_worker) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    auto running = pool.submit({.label = "the long one"}, obey, there_.path());
    const pid_t worker = there_.next();
    EXPECT_TRUE(running.cancel(force));
    static_cast<void>(running.cancel(force)); // it is being cancelled, or is already: nothing changes
    const auto e = error_of<task_cancelled>(running);
    EXPECT_NE(std::string(e.what()).find("'the long one' was cancelled while it ran"), std::string::npos) << e.what();
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), worker);
    EXPECT_FALSE(outcome_of(pool.submit(is_asked)));
    EXPECT_EQ(pool.stats().cancelled, 1u);
}

TEST_F(process_pool_cancel_force, one_that_is_being_stopped_already_is_not_tried_again) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    const task_options retried{.timeout = 1ms, .retry = {.max_attempts = 3}};
    auto running = pool.submit(retried, ignore_until, there_.path(), release_.path());
    there_.next();
    EXPECT_TRUE(eventually([&] { return running.progress() == 1; })) << "it has not noticed its deadline";
    EXPECT_TRUE(running.cancel(force));
    release_.open();
    error_of<task_cancelled>(running);
    EXPECT_EQ(pool.stats().retried, 0u);
}

TEST_F(process_pool_cancel_force, a_task_that_does_not_listen_loses_its_worker_and_nobody_else) {
    process_pool pool{{.workers = 2, .grace = 20ms}};
    auto neighbour = pool.submit(stay, there_.path(), release_.path());
    const pid_t other = there_.next();
    for (const auto task : {ignore, ignore_all}) {
        auto running = pool.submit(task, there_.path());
        const pid_t worker = there_.next();
        std::vector<future<int>> behind;
        for (int i = 0; i != 30; ++i) behind.push_back(pool.submit(twice, i));
        EXPECT_TRUE(running.cancel(force));
        error_of<task_cancelled>(running);
        for (int i = 0; i != 30; ++i) EXPECT_EQ(outcome_of(behind[static_cast<std::size_t>(i)]), 2 * i);
        EXPECT_FALSE(lives(worker));
    }
    EXPECT_FALSE(neighbour.ready());
    release_.open();
    EXPECT_EQ(outcome_of(neighbour), other);
    EXPECT_EQ(pool.stats().cancelled, 2u);
    EXPECT_EQ(pool.stats().failed, 0u);
}

TEST_F(process_pool_cancel_force, a_stopped_worker_is_replaced) {
    process_pool pool{{.workers = 1, .grace = 20ms}};
    auto running = pool.submit(ignore, there_.path());
    const pid_t worker = there_.next();
    ASSERT_EQ(::kill(worker, SIGSTOP), 0);
    EXPECT_TRUE(running.cancel(force));
    error_of<task_cancelled>(running);
    EXPECT_FALSE(lives(worker));
    expect_works(pool);
}

TEST_F(process_pool_cancel_force, of_what_is_done_is_refused) {
    process_pool pool{{.workers = 1}};
    auto done = pool.submit(twice, 4);
    done.wait();
    EXPECT_FALSE(done.cancel());
    EXPECT_FALSE(done.cancel(force));
    EXPECT_EQ(outcome_of(done), 8);
}

// The moment of the cancel moves over all of the task's life: queued, sent, read, running, answered, done.
TEST_F(process_pool_cancel_force, racing_with_completion_has_one_outcome_and_harms_nobody) {
    process_pool pool{{.workers = 2, .grace = 60s}};
    const std::set<pid_t> workers = wake_all(pool);
    const int rounds = with_sanitizer ? 300 : 2'000;
    int values = 0;
    int cancels = 0;
    std::atomic<int> callbacks{0};
    for (int i = 0; i != rounds; ++i) {
        auto racing = pool.submit(answer_after_a_while, static_cast<unsigned>(i % 40) * 500);
        racing.on_done([&] { ++callbacks; });
        auto next = pool.submit(is_asked);
        for (volatile int spins = 0; spins < i % 50 * 400;) spins = spins + 1;
        const bool cancelled = racing.cancel(force);
        try {
            EXPECT_EQ(workers.count(outcome_of(racing)), 1u);
            EXPECT_FALSE(cancelled) << "it said that it would end as cancelled";
            ++values;
        } catch (const task_cancelled&) {
            EXPECT_TRUE(cancelled) << "it said that it would not";
            ++cancels;
        }
        EXPECT_FALSE(outcome_of(next)) << "the next task was asked to stop";
    }
    EXPECT_EQ(values + cancels, rounds);
    EXPECT_GT(cancels, 0);
    EXPECT_TRUE(eventually([&] { return callbacks == rounds; })) << callbacks;
    EXPECT_EQ(wake_all(pool), workers) << "nobody needed to be ended";
    EXPECT_EQ(pool.stats().cancelled, static_cast<std::uint64_t>(cancels));
}

TEST_F(process_pool_cancel_force, callbacks_fire_in_order) {
    process_pool pool{{.workers = 1, .grace = 60s}};
    std::vector<int> order;
    const auto cancel_one = [&](future<pid_t>& task) {
        event last;
        order.clear();
        for (int i = 0; i != 20; ++i) task.on_done([&order, i](future<pid_t>& done) {
            EXPECT_TRUE(done.ready());
            order.push_back(i);
        });
        task.on_done([&](future<pid_t>&) { last.set(); });
        EXPECT_TRUE(task.cancel(force));
        ASSERT_TRUE(last.wait());
        for (int i = 0; i != 20; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
        EXPECT_EQ(order.size(), 20u);
        error_of<task_cancelled>(task);
    };
    auto running = pool.submit(obey, there_.path());
    there_.next();
    auto pending = pool.submit(own_pid);
    cancel_one(pending);
    cancel_one(running);
}

TEST_F(process_pool_cancel_force, from_a_callback_of_another_task) {
    process_pool pool{{.workers = 2, .grace = 60s}};
    auto running = pool.submit(obey, there_.path());
    there_.next();
    auto first = pool.submit(twice, 1);
    first.on_done([&](future<int>&) { EXPECT_TRUE(running.cancel(force)); });
    EXPECT_EQ(outcome_of(first), 2);
    error_of<task_cancelled>(running);
}

TEST_F(process_pool_cancel_force, while_the_deadline_passes_has_one_outcome) {
    process_pool pool{{.workers = 2, .grace = 60s}};
    for (int i = 0; i != 100; ++i) {
        auto running = pool.submit({.timeout = 1ms}, obey, there_.path());
        there_.next();
        running.cancel(force);
        try {
            static_cast<void>(outcome_of(running));
            ADD_FAILURE() << "neither";
        } catch (const task_cancelled&) {
        } catch (const task_timeout&) {
        }
    }
    const auto stats = pool.stats();
    EXPECT_EQ(stats.cancelled + stats.timed_out, 100u);
    EXPECT_EQ(stats.respawns_died, 0u);
}

TEST_F(process_pool_cancel_force, makes_a_draining_pool_end) {
    process_pool pool{{.workers = 1, .grace = 20ms}};
    auto running = pool.submit(ignore, there_.path());
    there_.next();
    auto pending = pool.submit(twice, 1);
    std::thread draining([&] { pool.shutdown(); });
    EXPECT_TRUE(pending.cancel());
    EXPECT_TRUE(running.cancel(force));
    draining.join();
    error_of<task_cancelled>(running);
}

TEST_F(process_pool_cancel_force, of_a_pool_that_is_gone_is_refused) {
    future<int> kept;
    {
        process_pool pool{{.workers = 1}};
        kept = pool.submit(twice, 1);
    }
    EXPECT_FALSE(kept.cancel(force));
    EXPECT_EQ(outcome_of(kept), 2);
}

} // namespace
} // namespace penstock::test

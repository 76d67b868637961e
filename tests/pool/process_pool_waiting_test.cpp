// SPDX-License-Identifier: MIT
// Threads that sleep in get() without a limit, beside the page of the worker that is to answer: they wake up when the answer
// is there, and for everything else that may end their wait.
#include "support/allocations.hpp"
#include "support/pool_test.hpp"

#include <penstock/shared_future.hpp>

#include <sched.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <new>
#include <string>
#include <vector>

namespace penstock::test {
namespace {

/// Of a thread or process, by its directory in /proc.
bool is_asleep(const std::string& directory) {
    std::ifstream stat(directory + "/stat");
    const std::string line((std::istreambuf_iterator<char>(stat)), {});
    const auto name_end = line.rfind(')');
    return name_end != std::string::npos && line.compare(name_end, 3, ") S") == 0;
}

/// A thread that calls something which waits.
class waiting_thread {
public:
    template <class F>
    explicit waiting_thread(F waits) : thread_([this, waits = std::move(waits)] {
          id_ = ::gettid();
          waits();
      }) {}
    /// Returns when it sleeps.
    void expect_asleep() const {
        EXPECT_TRUE(eventually([this] { return id_ != 0 && is_asleep("/proc/self/task/" + std::to_string(id_)); }));
    }
    void join() { thread_.join(); }

private:
    std::atomic<pid_t> id_{0};
    std::thread thread_;
};

std::string repeated(int count) { return std::string(static_cast<std::size_t>(count), 'x'); }

class process_pool_waiting : public pool_test, public testing::WithParamInterface<batching> {
protected:
    /// A task that runs until release_ opens.
    future<pid_t> submit_held() {
        auto held = pool_.submit(stay, there_.path(), release_.path());
        worker_ = there_.next();
        return held;
    }

    arrivals there_;
    gate release_;
    process_pool pool_{{.workers = 1, .batches = GetParam()}};
    pid_t worker_ = 0;
};

TEST_P(process_pool_waiting, the_answer_wakes_it) {
    auto held = submit_held();
    pid_t answer = 0;
    waiting_thread waiting([&] { answer = held.get(); });
    waiting.expect_asleep();
    release_.open();
    waiting.join();
    EXPECT_EQ(answer, worker_);
}

TEST_P(process_pool_waiting, the_death_of_the_worker_wakes_it) {
    auto held = submit_held();
    waiting_thread waiting([&] { EXPECT_THROW(held.get(), worker_died); });
    waiting.expect_asleep();
    EXPECT_EQ(::kill(worker_, SIGKILL), 0);
    waiting.join();
}

TEST_P(process_pool_waiting, cancelling_from_another_thread_wakes_it) {
    auto held = submit_held();
    const auto waits_behind = pool_.submit(twice, 1).share();
    waiting_thread waiting([copy = waits_behind] { EXPECT_THROW(copy.get(), task_cancelled); });
    waiting.expect_asleep();
    EXPECT_TRUE(waits_behind.cancel());
    waiting.join();
    release_.open();
    EXPECT_EQ(outcome_of(held), worker_);
}

// What it waits for is not the task but what was made of it, which may end first.
TEST_P(process_pool_waiting, cancelling_what_was_made_of_the_task_wakes_it_while_the_task_runs) {
    const auto held = submit_held().share();
    const auto made = held.then([](pid_t pid) { return pid; }).share();
    waiting_thread waiting([copy = made] { EXPECT_THROW(copy.get(), task_cancelled); });
    waiting.expect_asleep();
    EXPECT_TRUE(made.cancel());
    waiting.join();
    EXPECT_FALSE(held.ready());
    release_.open();
    EXPECT_EQ(held.get(), worker_);
}

// The answers of others wake it, and it takes them.
TEST_P(process_pool_waiting, for_the_last_of_many_and_for_each_of_them_by_a_thread_of_its_own) {
    std::vector<future<int>> all;
    for (int i = 0; i != 5'000; ++i) all.push_back(pool_.submit(twice, i));
    EXPECT_EQ(all.back().get(), 2 * 4'999);
    for (int i = 0; i != 4'999; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)].get(), 2 * i);

    auto held = submit_held();
    std::vector<future<int>> behind;
    for (int i = 0; i != 8; ++i) behind.push_back(pool_.submit(twice, i));
    std::vector<std::unique_ptr<waiting_thread>> waiting;
    for (int i = 0; i != 8; ++i)
        waiting.push_back(std::make_unique<waiting_thread>(
            [&, i] { EXPECT_EQ(behind[static_cast<std::size_t>(i)].get(), 2 * i); }));
    for (auto& each : waiting) each->expect_asleep();
    release_.open();
    for (auto& each : waiting) each->join();
    EXPECT_EQ(outcome_of(held), worker_);
}

// It takes answers, which needs memory. What it has none for is left to the I/O thread, but for an answer itself.
TEST_P(process_pool_waiting, a_thread_without_memory_loses_nothing) {
    std::size_t refused_here = 0;
    std::thread waits([&] {
        for (int round = 0; round != 200; ++round) {
            std::vector<future<std::string>> all;
            for (int i = 0; i != 30; ++i) all.push_back(pool_.submit(repeated, i * 50));
            for (int i = 0; i != 30; ++i) {
                auto& each = all[static_cast<std::size_t>(i)];
                refuse_each = static_cast<unsigned>(2 + round % 5);
                try {
                    each.wait();
                } catch (const std::bad_alloc&) { // as it may for what it needs itself
                }
                refuse_each = 0;
                try {
                    ASSERT_EQ(outcome_of(each).size(), static_cast<std::size_t>(i * 50));
                } catch (const std::bad_alloc&) { // there was none for this very answer
                }
            }
        }
        refused_here = refused;
    });
    waits.join();
    std::printf("%zu allocations were refused\n", refused_here);
    if (GetParam() == batching::automatic && refused_here == 0) GTEST_SKIP() << "no thread that waited took an answer";
}

/// Lets a thread run on the first of the processors that it may use, and on no other one.
int use_one_cpu() {
    cpu_set_t usable;
    if (::sched_getaffinity(0, sizeof usable, &usable) != 0) return errno;
    int first = 0;
    while (!CPU_ISSET(first, &usable)) ++first;
    CPU_ZERO(&usable);
    CPU_SET(first, &usable);
    return ::sched_setaffinity(0, sizeof usable, &usable) == 0 ? 0 : errno;
}

// A worker that gets the processor of whoever submits, before that thread is back from its system call, leaves the answer to
// it. Nobody else would be told of it.
TEST_P(process_pool_waiting, a_worker_on_the_processor_of_whoever_submits_answers_at_once) {
    ASSERT_EQ(pool_.submit(use_one_cpu).get(), 0);
    worker_ = pool_.submit(own_pid).get();
    constexpr int rounds = 500;
    int answered_at_once = 0;
    std::thread submits([&] {
        ASSERT_EQ(use_one_cpu(), 0);
        for (int i = 0; i != rounds; ++i) {
            ASSERT_TRUE(eventually([this] { return is_asleep("/proc/" + std::to_string(worker_)); }));
            auto first = pool_.submit(twice, i);
            answered_at_once += first.ready();
            std::vector<future<int>> more; // while the answer to the first may still lie there
            for (int k = 0; k != i % 4; ++k) more.push_back(pool_.submit(twice, k));
            for (int k = 0; k != i % 4; ++k) ASSERT_EQ(outcome_of(more[static_cast<std::size_t>(k)]), 2 * k);
            ASSERT_EQ(outcome_of(first), 2 * i);
        }
    });
    submits.join();
    std::printf("%d of %d tasks were answered when submit returned\n", answered_at_once, rounds);
}

INSTANTIATE_TEST_SUITE_P(batches, process_pool_waiting, testing::Values(batching::automatic, batching::never),
                         [](const auto& each) { return each.param == batching::never ? "never" : "automatic"; });

} // namespace
} // namespace penstock::test

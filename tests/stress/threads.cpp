// SPDX-License-Identifier: MIT
// A thread pool at random: priorities, deadlines, cancelling, pause and resume, resizing, broadcasts, loops, tasks that wait
// for tasks, coroutines that wait for room, submits from many threads, bounds, and the end of the pool at any moment. What
// each round expects: every future resolves, what has a value ran once and what was cancelled before it began did not run, no
// thread answered a broadcast twice, each coroutine went on, and each index of a loop was called once. It ends after
// PENSTOCK_STRESS_SECONDS (2), and says with which seed it began (PENSTOCK_STRESS_SEED).
#include "support/detached.hpp"

#include <penstock/penstock.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <memory>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace penstock;
using test::detached;
constexpr std::chrono::seconds a_minute{60};

unsigned long number_from(const char* variable, unsigned long otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

void expect(bool holds, const char* what) {
    if (!holds) throw std::logic_error(what);
}

/// One task: how often it ran, and its future.
struct watched {
    std::atomic<int> runs{0};
    future<int> result;
};

class life_of_a_pool {
public:
    explicit life_of_a_pool(std::mt19937& random)
        : random_(random), pool_(std::make_unique<thread_pool>(pool_options{
                               .workers = 1 + random() % 4, .max_pending = random() % 3 == 0 ? 500u : 0u})) {}

    void run() {
        std::thread meddling([this, seed = random_()] { meddle(seed); });
        std::vector<std::thread> submitting;
        for (int i = 0; i != 3; ++i) submitting.emplace_back([this, i, seed = random_()] { submit(lists_[i], seed); });
        for (std::thread& each : submitting) each.join();
        over_ = true;
        meddling.join();
        if (random_() % 3 == 0) pool_->shutdown(static_cast<shutdown_mode>(random_() % 3));
        else if (random_() % 2 == 0) pool_->wait_idle();
        if (random_() % 2 == 0) pool_.reset();
        for (auto& list : lists_)
            for (watched& each : list) check(each);
        for (auto& each : broadcasts_) static_cast<void>(answers_to(each));
        pool_.reset(); // whoever resumes coroutines is gone then
        expect(waiting_ == 0, "a coroutine was not resumed");
        expect(calls_ == expected_calls_, "a loop called f too often, or not often enough");
    }
    unsigned long tasks() const noexcept { return lists_[0].size() + lists_[1].size() + lists_[2].size(); }

private:
    void submit(std::deque<watched>& list, unsigned long seed) {
        std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
        for (int i = 0; i != 60; ++i) {
            watched& each = list.emplace_back();
            const task_options options{.timeout = std::chrono::milliseconds(random() % 5 == 0 ? 10'000 : 0),
                                       .priority = static_cast<task_priority>(random() % 3)};
            const auto kind = random() % 8;
            each.result = all_.submit(options, [this, &each, kind] { return work(each, kind); });
            if (random() % 8 == 0) each.result.cancel(random() % 2 == 0);
        }
        if (random() % 4 == 0) loop(static_cast<unsigned>(random() % 200));
    }
    int work(watched& self, unsigned long kind) {
        ++self.runs;
        if (kind == 0) return wait_for_others();
        if (kind == 1) loop(20);
        if (kind == 2) throw std::out_of_range("a failing task");
        if (kind == 3) return call_all();
        if (kind == 4) wait_for_room();
        return 1;
    }
    int wait_for_others() {
        try {
            auto first = all_.submit([] { return 1; });
            auto second = first.then(all_, [](int value) { return value + 1; });
            return second.get();
        } catch (const queue_full&) { // so it is said, as waiting for room could be waiting for itself
            return 0;
        }
    }
    using answers = std::vector<future<std::thread::id>>;
    static std::size_t answers_to(answers& all) {
        std::set<std::thread::id> threads;
        std::size_t values = 0;
        for (auto& each : all) {
            expect(each.wait_for(a_minute), "a broadcast did not end within a minute");
            try {
                threads.insert(each.get());
                ++values;
            } catch (const error&) { // the pool was shut down
            }
        }
        expect(threads.size() == values, "a thread answered a broadcast twice");
        return values;
    }
    int call_all() {
        auto all = all_.broadcast([] { return std::this_thread::get_id(); });
        if (runs_in_time()) return static_cast<int>(answers_to(all));
        for (auto& each : all) // one after the other, in the place where this task runs
            try {
                each.get();
            } catch (const error&) {
            }
        return 0;
    }
    bool runs_in_time() { return ++calls_to_all_ % 2 == 0; }
    detached wait_for_room() {
        ++waiting_;
        try {
            static_cast<void>(co_await all_.submit_async([] { return 1; }));
        } catch (const pool_closed&) {
        }
        --waiting_;
    }
    void loop(unsigned count) {
        std::atomic<unsigned> calls{0};
        try {
            all_.for_each_index(count, [&calls](unsigned) { ++calls; });
        } catch (const queue_full&) {
            return;
        }
        calls_ += calls;
        expected_calls_ += count;
    }
    void meddle(unsigned long seed) {
        std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
        while (!over_) {
            all_.pause();
            if (random() % 2 == 0) std::this_thread::yield();
            if (random() % 8 == 0) broadcasts_.push_back(all_.broadcast([] { return std::this_thread::get_id(); }));
            if (random() % 4 == 0) all_.resize(1 + random() % 5);
            all_.resume();
            const pool_stats now = all_.stats();
            expect(now.workers <= 5 && now.running < 10'000, "absurd figures");
            std::this_thread::yield();
        }
    }
    static void check(watched& each) {
        expect(each.result.wait_for(a_minute), "a future did not resolve within a minute");
        const bool may_have_run = each.runs == 1;
        expect(each.runs <= 1, "a task ran twice");
        try {
            static_cast<void>(each.result.get());
            expect(may_have_run, "a task has a value and did not run");
        } catch (const std::out_of_range&) {
            expect(may_have_run, "a task has thrown and did not run");
        } catch (const error&) { // cancelled, before it ran or by force, or too late
        }
    }

    std::mt19937& random_;
    std::deque<watched> lists_[3];
    std::atomic<bool> over_{false};
    std::atomic<unsigned long> calls_{0}, expected_calls_{0}, calls_to_all_{0};
    std::atomic<long> waiting_{0}; // coroutines
    std::vector<answers> broadcasts_;
    std::unique_ptr<thread_pool> pool_; // goes first: tasks refer to the rest
    thread_pool& all_ = *pool_;         // for them, while it is being destroyed as well
};

} // namespace

int main() {
    const auto seed = number_from("PENSTOCK_STRESS_SEED", std::random_device{}());
    const auto span = std::chrono::seconds(number_from("PENSTOCK_STRESS_SECONDS", 2));
    std::printf("PENSTOCK_STRESS_SEED=%lu\n", seed);
    std::fflush(stdout);
    std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
    unsigned long rounds = 0;
    unsigned long tasks = 0;
    try {
        for (const auto end = std::chrono::steady_clock::now() + span; std::chrono::steady_clock::now() < end; ++rounds) {
            life_of_a_pool next(random);
            next.run();
            tasks += next.tasks();
        }
    } catch (const std::exception& error) {
        std::printf("round %lu: %s\n", rounds, error.what());
        return 1;
    }
    std::printf("%lu rounds, %lu tasks\n", rounds, tasks);
}

// SPDX-License-Identifier: MIT
// Random schedules for the dispatcher: submits, reads, answers, deaths at any moment, cancels, ticks and shutdowns in
// any order. Whatever happens, every task ends exactly once, none runs twice, and no worker is forgotten. A failure
// prints the schedule's seed; PENSTOCK_SEED repeats that one alone.
#include "pool/dispatcher.hpp"
#include "support/model_fleet.hpp"
#include "support/sanitizers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>

namespace penstock::pool {
namespace {

using namespace std::chrono_literals;

class simulation {
public:
    explicit simulation(std::uint64_t seed)
        : random_(seed), count_(1 + below(5)), fleet_(count_, below(4) == 0 ? 2 : 16),
          pool_(fleet_, {.workers = count_, .deepest = below(4) == 0 ? std::size_t{1} : std::size_t{16}}), to_submit_(5 + below(80)), deaths_(below(12)),
          cancels_(below(2) * below(20)), restless_(below(3) == 0) {
        pool_.start_all(now_);
    }

    /// Empty when all went well.
    std::string run() {
        for (int step = 0; step != 20'000 && !pool_.finished(); ++step) {
            random_step();
            collect();
            if (!problem_.empty()) return problem_;
        }
        if (!pool_.finished()) return "the pool never finished";
        return judge();
    }

private:
    enum class fate { open, done, lost, cancelled, abandoned };
    struct task {
        task_entry entry;
        fate end = fate::open;
    };

    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
    void complain(const std::string& text) { problem_ = problem_.empty() ? text : problem_; }

    void random_step() {
        now_ += std::chrono::microseconds(below(restless_ ? 900 : 60));
        const std::size_t worker = below(count_);
        switch (below(16)) {
        case 0: case 1: case 2: submit(); break;
        case 3: case 4: fleet_.read(worker); break;
        case 5: case 6: case 7: case 8: answer(worker); break;
        case 9: start_one(); break;
        case 10: if (deaths_ != 0 && below(4) == 0) --deaths_, die(worker); break;
        case 11: if (cancels_ != 0) --cancels_, cancel(); break;
        case 12: tick(); break;
        case 13: pool_.room(worker, now_); break;
        case 14: if (to_submit_ == 0 || below(400) == 0) shut_down(); break;
        default: obey(worker); break;
        }
    }
    void submit() {
        if (to_submit_ == 0 || !pool_.accepting()) return;
        --to_submit_;
        tasks_.push_back(std::make_unique<task>());
        tasks_.back()->entry.id = tasks_.size();
        tasks_.back()->entry.exclusive = below(6) == 0;
        if (below(50) == 0) fleet_.fail_next_send = true;
        pool_.submit(tasks_.back()->entry, now_);
    }
    void answer(std::size_t number) {
        auto& w = fleet_.workers[number];
        if (!w.running && !fleet_.read(number)) return;
        if (!w.alive) return;
        const std::uint64_t id = *w.running;
        w.running.reset();
        w.stream = false;
        const auto took = below(8) == 0 ? -1ns : std::chrono::nanoseconds(below(below(5) == 0 ? 3'000'000 : 20'000));
        const task_entry* done = pool_.answered(number, id, took, now_);
        if (done == nullptr) {
            if (!pool_.dropping()) complain("an answer was not expected");
        } else if (done->id != id) {
            complain("an answer was given to another task");
        } else {
            end(id, fate::done);
        }
    }
    void start_one() {
        if (fleet_.started.empty()) return;
        const std::size_t number = fleet_.started.front();
        fleet_.started.pop_front();
        auto& w = fleet_.workers[number];
        if (w.alive) return complain("a living worker was started");
        if (!pool_.wants(number) || below(40) == 0) { // not wanted any more, or it dies before it is ready
            w = {};
            return report_death(number, {});
        }
        w = {};
        w.alive = true;
        pool_.ready(number, now_);
    }
    void die(std::size_t number) {
        if (!fleet_.workers[number].alive) return;
        report_death(number, fleet_.lose(number));
    }
    void report_death(std::size_t number, const std::vector<std::uint64_t>& unread) {
        if (const task_entry* lost = pool_.died(number, unread, now_)) end(lost->id, fate::lost);
        if (pool_.budget_spent() && !pool_.broken()) pool_.break_down();
    }
    /// A worker that was killed or asked to leave does so at last.
    void obey(std::size_t number) {
        const auto& w = fleet_.workers[number];
        if (w.alive && (w.dying || (w.dismissed && !w.running && w.pipe.empty()))) die(number);
    }
    void cancel() {
        if (tasks_.empty()) return;
        task& victim = *tasks_[below(tasks_.size())];
        if (!pool_.cancel(victim.entry, now_)) return;
        if (fleet_.runs[victim.entry.id] != 0) complain("a task that ran was cancelled");
        end(victim.entry.id, fate::cancelled);
    }
    void tick() {
        if (const auto due = pool_.next_tick(); due && below(2) == 0) now_ = std::max(now_, *due);
        pool_.tick(now_);
    }
    void shut_down() { pool_.shut_down(static_cast<shutdown_mode>(below(3)), now_); }

    void collect() {
        while (const task_entry* entry = pool_.next_abandoned()) end(entry->id, fate::abandoned);
    }
    void end(std::uint64_t id, fate how) {
        task& t = *tasks_[id - 1];
        if (t.end != fate::open) complain("task " + std::to_string(id) + " ended twice");
        if (t.entry.place != task_entry::nowhere) complain("task " + std::to_string(id) + " ended and is still somewhere");
        t.end = how;
    }
    std::string judge() {
        for (const auto& t : tasks_) {
            const std::string name = "task " + std::to_string(t->entry.id);
            const int runs = fleet_.runs[t->entry.id];
            if (t->end == fate::open) return name + " never ended";
            if (runs > 1) return name + " ran " + std::to_string(runs) + " times";
            if (t->end == fate::cancelled && runs != 0) return name + " was cancelled and ran all the same";
            if (t->end == fate::done && runs != 1) return name + " is done and never ran";
            if (t->end == fate::lost && runs != 1) return name + " was called lost and never ran";
        }
        for (const auto& w : fleet_.workers)
            if (w.alive) return "a worker was forgotten";
        return {};
    }

    std::mt19937_64 random_;
    std::size_t count_;
    test::model_fleet fleet_;
    dispatcher pool_;
    std::size_t to_submit_;
    std::size_t deaths_;
    std::size_t cancels_;
    bool restless_;
    std::vector<std::unique_ptr<task>> tasks_;
    dispatcher::time_point now_{1000s};
    std::string problem_;
};

TEST(dispatcher_simulation, every_task_ends_once_and_no_worker_is_forgotten) {
    if (const char* only = std::getenv("PENSTOCK_SEED")) {
        EXPECT_EQ(simulation(std::strtoull(only, nullptr, 10)).run(), "");
        return;
    }
    const std::uint64_t first = std::random_device{}();
    const std::uint64_t schedules = test::with_sanitizer ? 20'000 : 40'000;
    for (std::uint64_t seed = first; seed != first + schedules; ++seed)
        ASSERT_EQ(simulation(seed).run(), "") << "PENSTOCK_SEED=" << seed;
}

} // namespace
} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// A million random schedules for the dispatcher: submits, reads, answers, deaths at any moment, cancels by force or not,
// deadlines, workers that obey and that do not, retries, recycling, resizing, breakdowns and shutdowns in any order.
// Whatever happens, every task ends exactly once, none runs more often than it was given to run, and no worker is
// forgotten. A failure prints the schedule's seed; PENSTOCK_SEED repeats that one alone, PENSTOCK_SCHEDULES says how many
// each of the tests runs.
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
        : random_(seed), fleet_(below(5) + 1), options_(make_options()), pool_(fleet_, options_), to_submit_(5 + below(80)),
          deaths_(below(12)), cancels_(below(2) * below(20)), restless_(below(3) == 0), stubborn_(below(4) == 0),
          disturbances_(below(2) * below(5)) {
        pool_.start_all(now_);
    }

    /// Empty when all went well.
    std::string run() {
        for (int step = 0; step != 1'000'000 && !pool_.finished(); ++step) {
            random_step();
            collect();
            if (!problem_.empty()) return problem_;
        }
        if (!pool_.finished()) return "the pool never finished";
        return judge();
    }

private:
    enum class fate { open, done, lost, cancelled, timed_out, abandoned };
    struct task {
        task_entry entry;
        fate end = fate::open;
        int attempts = 1; // that it may still make
        int runs_allowed = 1;
        bool was_stopped = false;
    };

    dispatcher_options make_options() {
        dispatcher_options options;
        options.workers = fleet_.workers.size();
        options.deepest = below(4) == 0 ? 1 : 16;
        options.packet = options.deepest == 1 || below(2) == 0 ? 1 : 4;
        options.start_timeout = below(2) == 0 ? 10s : 1ms;
        options.grace = below(2) == 0 ? 2s : 1ms;
        options.idle_timeout = below(4) == 0 ? 2ms : 0ns;
        options.max_tasks_per_worker = below(4) == 0 ? 1 + below(10) : 0;
        options.seed = random_();
        return options;
    }
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }
    void complain(const std::string& text) { problem_ = problem_.empty() ? text : problem_; }

    void random_step() {
        now_ += std::chrono::microseconds(below(restless_ ? 900 : 60));
        const std::size_t worker = below(fleet_.workers.size());
        switch (below(20)) {
        case 0: case 1: case 2: submit(); break;
        case 3: case 4: fleet_.read(worker); break;
        case 5: case 6: case 7: case 8: answer(worker); break;
        case 9: case 10: start_one(); break;
        case 11: if (deaths_ != 0 && below(4) == 0) --deaths_, die(worker); break;
        case 12: if (cancels_ != 0) --cancels_, cancel(); break;
        case 13: tick(); break;
        case 14: if (fleet_.has_room_again(worker)) pool_.room(worker, now_); break;
        case 15: if (shutdowns_ != 0 && (to_submit_ == 0 || pool_.broken() || below(400) == 0)) --shutdowns_, shut_down(); break;
        case 16: disturb(worker); break;
        case 17: if (below(4) == 0) look_for_idleness(); break;
        default: obey(worker); break;
        }
    }
    void submit() {
        if (to_submit_ == 0 || !pool_.accepting()) return;
        --to_submit_;
        tasks_.push_back(std::make_unique<task>());
        task& t = *tasks_.back();
        t.entry.id = tasks_.size();
        t.entry.exclusive = below(6) == 0;
        t.entry.priority = static_cast<task_priority>(below(3));
        if (below(5) == 0) t.entry.timeout = std::chrono::microseconds(1 + below(3'000));
        if (below(12) == 0) t.entry.only = static_cast<std::int32_t>(below(pool_.target()));
        if (below(5) == 0) t.attempts = t.runs_allowed = 1 + static_cast<int>(below(3));
        if (below(50) == 0) fleet_.fail_next_send = true;
        pool_.submit(t.entry, now_);
    }
    void answer(std::size_t number) {
        auto& w = fleet_.workers[number];
        if (!w.running && !fleet_.read(number)) return deliver(number); // its batch is at its end
        if (!w.alive || (w.asked && stubborn_)) return; // it must be made to end
        const bool may_wait = options_.packet > 1 && !w.stream;
        w.finished.push_back(*w.running);
        w.running.reset();
        w.stream = w.asked = false;
        if (may_wait && below(2) == 0 && fleet_.read(number)) return; // it goes on with its batch
        deliver(number);
    }
    /// The pool hears of all that the worker has finished.
    void deliver(std::size_t number) {
        auto& w = fleet_.workers[number];
        if (w.finished.empty()) return;
        const std::deque<std::uint64_t> finished = std::exchange(w.finished, {});
        for (const std::uint64_t id : finished) {
            const auto took = below(8) == 0 ? -1ns : std::chrono::nanoseconds(below(below(5) == 0 ? 3'000'000 : 20'000));
            const task_entry* done = pool_.answered(number, id, took, now_);
            if (done == nullptr) {
                if (!pool_.dropping() && !dropped_) complain("an answer was not expected");
            } else if (done->id != id) {
                complain("an answer was given to another task");
            } else {
                finish(id, fate::done);
            }
        }
        pool_.settle_answered(number, now_);
    }
    void deliver_all() {
        for (std::size_t number = 0; number != fleet_.workers.size(); ++number) deliver(number);
    }
    /// Between two looks at its page a worker may finish its task and begin the next.
    void go_on(std::size_t number) {
        auto& w = fleet_.workers[number];
        if (options_.packet == 1 || !w.alive || !w.running || w.stream || w.asked || below(2) == 0) return;
        w.finished.push_back(*w.running);
        w.running.reset();
        fleet_.read(number);
    }
    void start_one() {
        if (fleet_.started.empty()) return;
        const std::size_t number = fleet_.started.front();
        fleet_.started.pop_front();
        auto& w = fleet_.workers[number];
        if (w.alive) return complain("a living worker was started");
        const bool doomed = w.dying;
        w = {};
        // Not wanted any more, killed for its slowness, or it dies before it is ready.
        if (!pool_.wants(number) || doomed || below(40) == 0) return report_death(number, {});
        w.alive = true;
        pool_.ready(number, now_);
    }
    void die(std::size_t number) {
        if (!fleet_.workers[number].alive) return;
        deliver(number);
        report_death(number, fleet_.lose(number));
    }
    void report_death(std::size_t number, const std::vector<std::uint64_t>& unread) {
        if (const task_entry* lost = pool_.died(number, unread, now_)) finish(lost->id, fate::lost);
        if (pool_.budget_spent() && !pool_.broken()) break_down();
    }
    /// A worker that was killed or asked to leave does so at last; one that got SIGTERM as well.
    void obey(std::size_t number) {
        const auto& w = fleet_.workers[number];
        if (!w.alive) return;
        if (w.dying || w.terminated) {
            if (w.running && !w.hung_up && !dropped_ && tasks_[*w.running - 1]->entry.stopped == verdict::none)
                complain("task " + std::to_string(*w.running) + " was hit in the place of another one");
            die(number);
        } else if (w.dismissed && !w.running && w.pipe.empty() && !stubborn_) {
            die(number);
        }
    }
    void cancel() {
        if (tasks_.empty()) return;
        task& victim = *tasks_[below(tasks_.size())];
        if (victim.entry.place >= 0) {
            const auto number = static_cast<std::size_t>(victim.entry.place);
            deliver(number);
            go_on(number);
        }
        if (victim.end != fate::open) return;
        const int ran = fleet_.runs[victim.entry.id];
        if (pool_.cancel(victim.entry, now_)) {
            if (ran != 0 && victim.runs_allowed == 1) complain("a task that ran was cancelled");
            end(victim.entry.id, fate::cancelled);
        } else if (below(2) == 0) {
            pool_.stop_running(victim.entry, verdict::cancelled, now_);
        }
    }
    /// What is not a part of a usual life. Few: each would also wake up what was forgotten.
    void disturb(std::size_t number) {
        auto& w = fleet_.workers[number];
        if (disturbances_ == 0 || below(4) != 0) return;
        --disturbances_;
        switch (below(8)) {
        case 0: if (w.alive) w.hung_up = true, pool_.hung_up(number, now_); break;
        case 1: break_down(); break;
        case 2: case 3: case 4: if (w.alive) pool_.recycle(number, now_); break;
        default: if (pool_.accepting()) resize(1 + below(6)); break;
        }
        if (pool_.broken() && below(2) == 0) pool_.reset(now_);
    }
    /// Nobody has nothing to do while something waits.
    void look_for_idleness() {
        if (pool_.is_gathering()) { // but for short tasks that wait for company, which must have an end
            if (const auto due = pool_.next_tick(); !due || *due > now_ + 1ms) complain("tasks wait for company for ever");
            pool_.end_gathering(now_);
        }
        const bool waits = std::any_of(tasks_.begin(), tasks_.end(), [](const auto& t) {
            return t->end == fate::open && t->entry.place == task_entry::queued && t->entry.only < 0;
        });
        if (!waits || pool_.broken() || dropped_) return;
        for (const auto& w : fleet_.workers)
            if (w.alive && !w.running && w.finished.empty() && w.pipe.empty() && !w.dismissed && !w.dying && !w.terminated && !w.asked && !w.hung_up && !w.full)
                complain("a worker is idle while a task waits");
    }
    void resize(std::size_t count) {
        if (fleet_.workers.size() < count) fleet_.workers.resize(count);
        pool_.resize(count, now_);
    }
    void break_down() {
        dropped_ = true;
        pool_.break_down();
        collect();
    }
    void tick() {
        const auto due = pool_.next_tick(); // no tick that was not asked for: it would hide what is forgotten
        if (!due || (now_ < *due && below(2) == 0)) return;
        now_ = std::max(now_, *due);
        deliver_all();
        if (below(4) == 0) go_on(below(fleet_.workers.size()));
        pool_.tick(now_);
    }
    void shut_down() {
        const auto mode = static_cast<shutdown_mode>(below(3));
        deliver_all();
        dropped_ = dropped_ || mode == shutdown_mode::kill;
        pool_.shut_down(mode, now_);
    }

    void collect() {
        while (const task_entry* entry = pool_.next_abandoned()) end(entry->id, fate::abandoned);
    }
    /// A task has run and that attempt is over. Again?
    void finish(std::uint64_t id, fate how) {
        task& t = *tasks_[id - 1];
        if (t.entry.stopped == verdict::cancelled) return end(id, fate::cancelled);
        if (t.entry.stopped == verdict::timed_out) how = fate::timed_out;
        t.was_stopped = t.entry.stopped != verdict::none;
        if (how != fate::done && --t.attempts > 0 && !pool_.dropping())
            return pool_.retry(t.entry, now_ + std::chrono::microseconds(below(2) * below(2'000)), now_);
        end(id, how);
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
            if (runs > t->runs_allowed) return name + " ran " + std::to_string(runs) + " times";
            if (t->end == fate::done && runs == 0) return name + " is done and never ran";
            if (t->end == fate::lost && runs == 0) return name + " was called lost and never ran";
            if (t->end == fate::timed_out && runs == 0) return name + " was timed out and never ran";
            if (t->end == fate::timed_out && t->entry.timeout == 0ns) return name + " has no deadline and was timed out";
        }
        for (const auto& w : fleet_.workers)
            if (w.alive) return "a worker was forgotten";
        return {};
    }

    std::mt19937_64 random_;
    test::model_fleet fleet_;
    dispatcher_options options_;
    dispatcher pool_;
    std::size_t to_submit_;
    std::size_t deaths_;
    std::size_t cancels_;
    bool restless_;
    bool stubborn_; // who is asked to end has to be made to
    std::size_t disturbances_;
    int shutdowns_ = below(4) == 0 ? 2 : 1; // the second may be harsher
    bool dropped_ = false; // tasks of living workers were given up: late answers are nobody's
    std::vector<std::unique_ptr<task>> tasks_;
    dispatcher::time_point now_{1000s};
    std::string problem_;
};

/// Four tests, so that four CPUs can share them.
class dispatcher_simulation : public testing::TestWithParam<int> {};

TEST_P(dispatcher_simulation, every_task_ends_once_and_no_worker_is_forgotten) {
    if (const char* only = std::getenv("PENSTOCK_SEED")) {
        EXPECT_EQ(simulation(std::strtoull(only, nullptr, 10)).run(), "");
        return;
    }
    const char* wanted = std::getenv("PENSTOCK_SCHEDULES");
    const std::uint64_t schedules = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : test::with_sanitizer ? 10'000 : 250'000;
    const std::uint64_t first = (std::uint64_t{std::random_device{}()} << 32) | std::random_device{}();
    for (std::uint64_t seed = first; seed != first + schedules; ++seed)
        ASSERT_EQ(simulation(seed).run(), "") << "PENSTOCK_SEED=" << seed;
    RecordProperty("schedules", static_cast<int>(schedules));
    std::printf("%llu schedules from seed %llu\n", static_cast<unsigned long long>(schedules), static_cast<unsigned long long>(first));
}

INSTANTIATE_TEST_SUITE_P(quarter, dispatcher_simulation, testing::Range(1, 5));

} // namespace
} // namespace penstock::pool

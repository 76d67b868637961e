// SPDX-License-Identifier: MIT
// 300 kills at random moments under a stream of small, medium and large tasks: whatever the moment, a kill costs at
// most one task, no task runs twice, every other result is right. A failure prints the seed; PENSTOCK_SEED repeats it.
#include "support/payload.hpp"
#include "support/pool_test.hpp"
#include "temporary_directory.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <map>
#include <random>

namespace penstock::test {
namespace {

void append(const std::string& log, std::uint64_t id) {
    const int fd = ::open(log.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0 || ::write(fd, &id, sizeof id) != sizeof id) throw std::runtime_error("cannot write " + log);
    ::close(fd);
}

struct echoed {
    std::uint64_t id = 0;
    pid_t worker = 0;
    std::string text;
    template <class Archive>
    void serialize(Archive& archive) { archive(id, worker, text); }
};

echoed log_and_echo(const std::string& log, std::uint64_t id, std::string text) {
    append(log, id);
    return {id, ::getpid(), std::move(text)};
}

class process_pool_random_kill : public pool_test {
protected:
    static constexpr int kills_wanted = 300;

    process_pool_random_kill() { std::ofstream create(log_); }

    std::size_t size_of_task(std::uint64_t id) const {
        switch (mix(seed_ + id) % 16) {
        case 0: return 3'000'000;
        case 1: case 2: return 200'000;
        case 3: return 4'000;
        default: return mix(id) % 100;
        }
    }
    void submit_one(process_pool& pool) {
        const std::uint64_t id = next_++;
        open_.emplace_back(id, pool.submit({.label = std::to_string(id)}, log_and_echo, log_, id, random_text(size_of_task(id), id)));
    }
    void finish_one() {
        auto [id, result] = std::move(open_.front());
        open_.pop_front();
        try {
            const echoed back = outcome_of(result);
            EXPECT_EQ(back.id, id);
            EXPECT_TRUE(back.text == random_text(size_of_task(id), id)) << "task " << id;
            if (std::find(killed_.begin(), killed_.end(), back.worker) == killed_.end()) ready_.insert(back.worker);
            ++runs_[id];
        } catch (const worker_died& e) {
            ++died_;
            EXPECT_EQ(e.signal(), SIGKILL);
            EXPECT_EQ(e.label(), std::to_string(id));
            EXPECT_NE(std::find(killed_.begin(), killed_.end(), e.pid()), killed_.end()) << "nobody killed " << e.pid();
            runs_[id] = 0;
        }
    }
    /// Only workers that have answered: deaths of others before they are ready are what the restart budget is for.
    void kill_one() {
        if (ready_.empty()) return;
        auto victim = ready_.begin();
        std::advance(victim, static_cast<std::ptrdiff_t>(random_() % ready_.size()));
        EXPECT_EQ(::kill(*victim, SIGKILL), 0);
        killed_.push_back(*victim);
        ready_.erase(victim);
    }
    /// Busy for a moment, so that the kill falls anywhere between two events.
    void spin() {
        const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(random_() % 400);
        while (std::chrono::steady_clock::now() < until) {}
    }
    void check_log() {
        std::ifstream file(log_, std::ios::binary);
        std::map<std::uint64_t, int> logged;
        for (std::uint64_t id = 0; file.read(reinterpret_cast<char*>(&id), sizeof id);) ++logged[id];
        for (const auto& [id, times] : logged) EXPECT_EQ(times, 1) << "task " << id << " ran " << times << " times";
        for (const auto& [id, answered] : runs_) EXPECT_LE(answered, logged[id]) << "task " << id << " never ran";
        EXPECT_EQ(runs_.size(), next_);
    }

    std::uint64_t seed_ = std::getenv("PENSTOCK_SEED") != nullptr ? std::strtoull(std::getenv("PENSTOCK_SEED"), nullptr, 10)
                                                                  : std::random_device{}();
    std::mt19937_64 random_{seed_};
    temporary_directory directory_;
    std::string log_ = directory_.path() + "/log";
    std::deque<std::pair<std::uint64_t, future<echoed>>> open_;
    std::map<std::uint64_t, int> runs_;
    std::set<pid_t> ready_;
    std::vector<pid_t> killed_;
    std::uint64_t next_ = 0;
    int died_ = 0;
};

TEST_F(process_pool_random_kill, each_costs_at_most_one_task_and_none_runs_twice) {
    SCOPED_TRACE("PENSTOCK_SEED=" + std::to_string(seed_));
    process_pool pool{{.workers = 4}};
    ready_ = wake_all(pool);
    const process_state before = look_at_this_process();
    while (killed_.size() != kills_wanted) {
        while (open_.size() < 40) submit_one(pool);
        finish_one();
        if (random_() % 3 != 0) continue;
        spin();
        kill_one();
    }
    while (!open_.empty()) finish_one();
    EXPECT_LE(died_, kills_wanted);
    EXPECT_GT(died_, 0) << "no kill met a running task: the test shows nothing";
    check_log();
    // A worker that was killed while it waited for work may still take a task on its way out.
    EXPECT_TRUE(eventually([&] { return pool.stats().respawns_died == kills_wanted; }));
    expect_works(pool);
    expect_back_to(before);
    RecordProperty("lost", died_);
}

} // namespace
} // namespace penstock::test

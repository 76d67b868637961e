// SPDX-License-Identifier: MIT
// Small tasks by the thousand, with batches and without: each runs once and has its own answer, whatever happens to its
// worker and to the tasks beside it. PENSTOCK_BATCH_TASKS says how many tasks the stress has, PENSTOCK_SEED repeats it.
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"
#include "temporary_directory.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <random>

namespace penstock::test {
namespace {

/// Two counters for each task, in a file that every worker maps.
class counters {
public:
    counters(const std::string& path, std::size_t tasks, bool create) {
        const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
        if (fd < 0 || (create && ::ftruncate(fd, static_cast<off_t>(2 * tasks)) != 0)) throw std::runtime_error("no " + path);
        void* memory = ::mmap(nullptr, 2 * tasks, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        ::close(fd);
        if (memory == MAP_FAILED) throw std::runtime_error("cannot map " + path);
        bytes_ = static_cast<unsigned char*>(memory);
        tasks_ = tasks;
    }
    void begin(std::size_t id) { add(id); }
    void end(std::size_t id) { add(tasks_ + id); }
    int begun(std::size_t id) const { return bytes_[id]; }
    int ended(std::size_t id) const { return bytes_[tasks_ + id]; }

private:
    void add(std::size_t at) { std::atomic_ref<unsigned char>(bytes_[at]).fetch_add(1, std::memory_order_relaxed); }

    unsigned char* bytes_ = nullptr;
    std::size_t tasks_ = 0;
};

std::optional<counters> mine;

void open_counters(const std::string& path, std::size_t tasks) { mine.emplace(path, tasks, false); }

void busy_for(std::chrono::nanoseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {}
}

/// What a task that gets this text is to answer.
std::string answer_for(std::uint64_t id, const std::string& text) { return std::to_string(id) + text; }

std::string counted(std::uint64_t id, std::uint32_t microseconds, bool deadly, const std::string& text) {
    mine->begin(id);
    if (microseconds != 0) busy_for(std::chrono::microseconds(microseconds));
    if (deadly) ::raise(SIGKILL);
    mine->end(id);
    return answer_for(id, text);
}

/// Waits at the gate where it says so.
int wait_there(int number, int where, const std::string& arrived, const std::string& gate) {
    if (number == where) stay(arrived, gate);
    return number;
}

/// Each task but these answered with its number.
void expect_own_answers(std::vector<future<int>>& all, std::size_t but, std::size_t nor = ~std::size_t{0}) {
    for (std::size_t i = 0; i != all.size(); ++i) {
        if (i != but && i != nor) {
            EXPECT_EQ(outcome_of(all[i]), static_cast<int>(i));
        }
    }
}

class process_pool_batch : public pool_test, public testing::WithParamInterface<batching> {
protected:
    struct open_task {
        std::uint64_t id = 0;
        bool deadly = false;
        std::string text;
        future<std::string> result;
    };

    void stress(std::size_t tasks, std::size_t deaths) {
        counters all(path_, tasks, true);
        process_pool pool{{.workers = 4, .initializer = call(open_counters, path_, tasks), .restart = {.deaths = 1'000'000},
                           .batches = GetParam()}};
        std::deque<open_task> open;
        std::size_t lost = 0;
        for (std::size_t id = 0; id != tasks || !open.empty();) {
            while (id != tasks && open.size() < 3'000) open.push_back(submit(pool, id++, tasks, deaths));
            lost += finish(open.front());
            open.pop_front();
        }
        EXPECT_EQ(lost, deadly_) << "a death costs exactly its task";
        for (std::size_t id = 0; id != tasks; ++id) {
            ASSERT_EQ(all.begun(id), 1) << "task " << id;
            ASSERT_LE(all.ended(id), 1) << "task " << id;
        }
        std::printf("%zu tasks, %zu deaths\n", tasks, deadly_);
    }

    open_task submit(process_pool& pool, std::uint64_t id, std::size_t tasks, std::size_t deaths) {
        open_task task;
        task.id = id;
        task.deadly = random_() % tasks < deaths;
        deadly_ += task.deadly;
        const std::uint64_t dice = random_() % 2'000;
        const std::uint32_t microseconds = dice < 2 ? 100 + static_cast<std::uint32_t>(random_() % 2'900) : 0; // a take-back
        if (dice > 1'990) task.text.assign(random_() % 60'000, 'x'); // too large for a packet, or for the page
        else task.text.assign(random_() % 40, 'y');
        task.result = pool.submit({.label = task.deadly ? "deadly" : ""}, counted, id, microseconds, task.deadly, task.text);
        return task;
    }
    /// 1 when its worker died.
    std::size_t finish(open_task& task) {
        try {
            EXPECT_EQ(outcome_of(task.result), answer_for(task.id, task.text));
            EXPECT_FALSE(task.deadly) << "task " << task.id;
            return 0;
        } catch (const worker_died& e) {
            EXPECT_TRUE(task.deadly) << "task " << task.id << ": " << e.what();
            EXPECT_EQ(e.label(), "deadly");
            return 1;
        }
    }

    const std::uint64_t seed_ = std::getenv("PENSTOCK_SEED") != nullptr ? std::strtoull(std::getenv("PENSTOCK_SEED"), nullptr, 10)
                                                                        : std::random_device{}();
    std::mt19937_64 random_{seed_};
    temporary_directory directory_;
    const std::string path_ = directory_.path() + "/counters";
    const arrivals there_;
    const gate release_;
    std::size_t deadly_ = 0;
};

TEST_P(process_pool_batch, of_many_tasks_each_runs_once_and_a_death_costs_only_its_own) {
    SCOPED_TRACE("PENSTOCK_SEED=" + std::to_string(seed_));
    const char* wanted = std::getenv("PENSTOCK_BATCH_TASKS");
    const std::size_t tasks = wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : with_sanitizer ? 20'000 : 200'000;
    stress(tasks, std::max<std::size_t>(20, tasks / 5'000));
    EXPECT_GT(deadly_, 0u);
}

// Answers of a batch are delivered although the worker, busy with one of its tasks, does not come to write them.
TEST_P(process_pool_batch, nothing_waits_for_a_long_task_beside_it) {
    for (const int where : {150, 333, 500, 777}) {
        const gate release;
        process_pool pool{{.workers = 2, .batches = GetParam()}};
        std::vector<future<int>> all;
        for (int i = 0; i != 1'000; ++i) all.push_back(pool.submit(wait_there, i, where, there_.path(), release.path()));
        there_.next();
        expect_own_answers(all, static_cast<std::size_t>(where));
        EXPECT_TRUE(all[static_cast<std::size_t>(where)].running());
        release.open();
        EXPECT_EQ(outcome_of(all[static_cast<std::size_t>(where)]), where);
        EXPECT_EQ(pool.stats().respawns_died, 0u);
    }
}

TEST_P(process_pool_batch, a_task_in_the_middle_of_others_is_cancelled_by_force_alone) {
    process_pool pool{{.workers = 1, .batches = GetParam(), .grace = std::chrono::milliseconds(50)}};
    for (int round = 0; round != 5; ++round) {
        std::vector<future<int>> all;
        for (int i = 0; i != 600; ++i) all.push_back(pool.submit(wait_there, i, 400, there_.path(), release_.path()));
        there_.next();
        EXPECT_TRUE(all[400].cancel(true));
        error_of<task_cancelled>(all[400]);
        expect_own_answers(all, 400);
    }
}

TEST_P(process_pool_batch, a_deadline_is_that_of_its_own_task) {
    process_pool pool{{.workers = 1, .batches = GetParam(), .grace = std::chrono::milliseconds(50)}};
    std::vector<future<int>> all;
    for (int i = 0; i != 600; ++i) {
        const task_options options{.timeout = std::chrono::milliseconds(i == 400 ? 300 : 0)};
        all.push_back(pool.submit(options, wait_there, i, 400, there_.path(), release_.path()));
    }
    error_of<task_timeout>(all[400]);
    expect_own_answers(all, 400);
}

int writes_garbage(int number, int where) {
    if (number == where) {
        const std::string garbage(300, '#');
        if (::write(4, garbage.data(), garbage.size()) < 0) ::abort();
    }
    return number;
}

int closes_its_pipe(int number, int where) {
    if (number == where) ::close(4);
    return number;
}

TEST_P(process_pool_batch, a_task_that_closes_the_pipes_costs_itself_at_most_and_no_other) {
    process_pool pool{{.workers = 1, .batches = GetParam()}};
    std::vector<future<int>> all;
    for (int i = 0; i != 600; ++i) all.push_back(pool.submit(closes_its_pipe, i, 400));
    expect_own_answers(all, 400);
    try {
        EXPECT_EQ(outcome_of(all[400]), 400) << "among others it is not known which one it was";
    } catch (const worker_died&) {
    }
    EXPECT_EQ(outcome_of(pool.submit(closes_its_pipe, 1, 2)), 1);
    EXPECT_EQ(pool.stats().respawns_died, 1u);
}

/// Where it ran, and for those behind the one that closes the pipe so much more that it goes by the pipe.
std::string closes_its_pipe_and_tells_where(int number, int where) {
    if (number == where) ::close(4);
    return std::to_string(::getpid()) + std::string(number > where ? 100'000 : 0, ' ');
}

TEST_P(process_pool_batch, nothing_runs_in_a_worker_whose_pipe_was_closed) {
    process_pool pool{{.workers = 1, .batches = GetParam()}};
    std::vector<future<std::string>> all;
    for (int i = 0; i != 600; ++i) all.push_back(pool.submit(closes_its_pipe_and_tells_where, i, 400));
    std::string closed;
    try {
        closed = outcome_of(all[400]);
    } catch (const worker_died& died) {
        closed = std::to_string(died.pid());
    }
    for (std::size_t i = 0; i != all.size(); ++i) {
        if (i == 400) continue;
        const std::string ran = outcome_of(all[i]);
        EXPECT_EQ(std::stol(ran) == std::stol(closed), i < 400) << i;
    }
}

TEST_P(process_pool_batch, a_task_by_itself_that_closes_the_pipes_is_known) {
    process_pool pool{{.workers = 1, .batches = GetParam()}};
    for (int round = 0; round != 20; ++round) {
        for (int i = 0; i != 30; ++i) EXPECT_EQ(outcome_of(pool.submit(closes_its_pipe, i, 30)), i);
        auto closes = pool.submit(closes_its_pipe, 30, 30);
        error_of<worker_died>(closes);
    }
}

TEST_P(process_pool_batch, a_task_by_itself_that_writes_into_the_pipe_is_known) {
    process_pool pool{{.workers = 1, .batches = GetParam()}};
    for (int round = 0; round != 20; ++round) {
        for (int i = 0; i != 30; ++i) EXPECT_EQ(outcome_of(pool.submit(writes_garbage, i, 30)), i);
        auto writes = pool.submit(writes_garbage, 30, 30);
        EXPECT_NE(error_of<worker_died>(writes).hint().find("not a frame"), std::string::npos);
    }
}

// Nobody can tell which task of a batch wrote it, so that one may get its own answer; no other is harmed, and the worker,
// whose pipe is what it shares with nobody else, is replaced.
TEST_P(process_pool_batch, a_task_that_writes_into_the_pipe_costs_no_other) {
    process_pool pool{{.workers = 1, .batches = GetParam()}};
    for (int round = 0; round != 20; ++round) {
        std::vector<future<int>> all;
        for (int i = 0; i != 600; ++i) all.push_back(pool.submit(writes_garbage, i, 30 * round));
        all.push_back(pool.submit(wait_there, 600, 600, there_.path(), release_.path()));
        there_.next();
        expect_own_answers(all, static_cast<std::size_t>(30 * round), 600);
        release_.open();
        EXPECT_EQ(outcome_of(all[600]), 600);
        try {
            EXPECT_EQ(outcome_of(all[static_cast<std::size_t>(30 * round)]), 30 * round);
        } catch (const worker_died& e) {
            EXPECT_NE(e.hint().find("not a frame"), std::string::npos) << e.what();
        }
    }
    pool.wait_idle();
    EXPECT_EQ(outcome_of(pool.submit(writes_garbage, 1, 0)), 1);
    const pool_stats now = pool.stats();
    EXPECT_EQ(now.respawns_died + now.respawns_recycled, 20u);
}

std::uint64_t counted_garbage(std::uint64_t id, std::size_t size) {
    mine->begin(id);
    const std::string garbage(size, '#');
    if (size != 0 && ::write(4, garbage.data(), size) < 0) ::abort();
    mine->end(id);
    return id;
}

// However few bytes they are, and wherever the pool is when it meets them.
TEST_P(process_pool_batch, what_one_task_wrote_into_the_pipe_is_paid_by_no_other_and_runs_none_twice) {
    constexpr std::size_t rounds = 60, many = 150;
    constexpr std::size_t sizes[] = {1, 7, 23, 24, 300};
    counters all(path_, rounds * (many + 1), true);
    process_pool pool{{.workers = 1, .initializer = call(open_counters, path_, rounds * (many + 1)), .batches = GetParam()}};
    std::uint64_t id = 0;
    for (std::size_t round = 0; round != rounds; ++round) {
        const bool first = round % 2 == 0; // by itself, or among the others
        std::uint64_t writer = 0;
        std::vector<std::pair<std::uint64_t, future<std::uint64_t>>> open;
        for (std::size_t i = 0; i != many + 1; ++i, ++id) {
            const bool writes = i == (first ? 0 : many / 2);
            if (writes) writer = id;
            open.emplace_back(id, pool.submit(counted_garbage, id, writes ? sizes[round % std::size(sizes)] : 0));
            if (first && writes) open.back().second.wait();
        }
        for (auto& [number, result] : open) {
            try {
                EXPECT_EQ(outcome_of(result), number);
            } catch (const worker_died& e) {
                EXPECT_EQ(number, writer) << e.what();
            }
        }
    }
    for (std::size_t task = 0; task != id; ++task) ASSERT_EQ(all.begun(task), 1) << "task " << task;
}

/// The first time it writes into the pipe, and dies or not.
int does_better_next_time(const std::string& mark, bool dies) {
    const int fd = ::open(mark.c_str(), O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return 7;
    ::close(fd);
    const std::string garbage(300, '#');
    if (::write(4, garbage.data(), garbage.size()) < 0) ::abort();
    if (dies) ::raise(SIGKILL);
    return 1;
}

TEST_P(process_pool_batch, what_an_attempt_wrote_into_the_pipe_is_forgiven_to_the_next) {
    process_pool pool{{.workers = 1, .batches = GetParam()}};
    for (int round = 0; round != 10; ++round) {
        const std::string mark = directory_.path() + "/mark" + std::to_string(round);
        auto result = pool.submit({.retry = {.max_attempts = 2}}, does_better_next_time, mark, round % 2 == 0);
        EXPECT_EQ(outcome_of(result), 7);
    }
}

int puts_another_pipe(int number, int where) {
    int ends[2];
    if (number == where && (::pipe(ends) != 0 || ::dup2(ends[0], 3) != 3)) ::abort();
    return number;
}

TEST_P(process_pool_batch, a_worker_whose_task_pipe_was_replaced_by_one_of_many_does_not_wait_for_ever) {
    process_pool pool{{.workers = 1, .batches = GetParam()}};
    for (int round = 0; round != 20; ++round) {
        std::vector<future<int>> all;
        for (int i = 0; i != 100; ++i) all.push_back(pool.submit(puts_another_pipe, i, 50));
        expect_own_answers(all, 50);
        try {
            EXPECT_EQ(outcome_of(all[50]), 50);
        } catch (const worker_died&) {
        }
    }
}

int rings_later(int number, int where) {
    if (number == where) ::alarm(1);
    if (number == where + 1) busy_for(std::chrono::milliseconds(1'200));
    return number;
}

TEST_P(process_pool_batch, an_alarm_that_a_task_left_behind_hits_no_other) {
    process_pool pool{{.workers = 1, .batches = GetParam()}};
    std::vector<future<int>> all;
    for (int i = 0; i != 600; ++i) all.push_back(pool.submit(rings_later, i, 400));
    for (int i = 0; i != 600; ++i) EXPECT_EQ(outcome_of(all[static_cast<std::size_t>(i)]), i);
}

TEST_P(process_pool_batch, a_killed_worker_costs_the_task_that_it_ran_and_no_other) {
    process_pool pool{{.workers = 1, .batches = GetParam()}};
    for (int round = 0; round != 5; ++round) {
        std::vector<future<int>> all;
        for (int i = 0; i != 600; ++i) all.push_back(pool.submit(wait_there, i, 400, there_.path(), release_.path()));
        kill_and_wait(there_.next());
        EXPECT_EQ(error_of<worker_died>(all[400]).signal(), SIGKILL);
        expect_own_answers(all, 400);
    }
}

INSTANTIATE_TEST_SUITE_P(batches, process_pool_batch, testing::Values(batching::automatic, batching::never),
                         [](const auto& each) { return each.param == batching::never ? "never" : "automatic"; });

} // namespace
} // namespace penstock::test

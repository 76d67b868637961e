// SPDX-License-Identifier: MIT
// A worker killed when the pool has read a part of its large result: twenty times, one pool, one future each time.
#include "support/bytes_read.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"

#include <csignal>
#include <cstdint>
#include <fstream>

namespace penstock::test {
namespace {

constexpr std::size_t mib = 1024 * 1024;
// Sanitizers shadow every byte of the result, in both processes: 400 MB would need several gigabytes.
constexpr std::size_t result_size = with_sanitizer ? 100'000'000 : 400'000'000;
// What must have been read of the result, and room for what else this process reads meanwhile (/proc/self/io itself).
constexpr std::size_t read_before_kill = 16 * mib;
constexpr std::size_t other_reads = 4 * mib;

int next_of(int x) { return x + 1; }
/// A result that begins to arrive when the gate opens.
std::string make_large(const std::string& arrived, const std::string& gate) {
    std::string result(result_size, 'x');
    arrivals::announce(arrived);
    gate::wait(gate);
    return result;
}

class process_pool_partial_result : public pool_test {
protected:
    /// True when the kill came in time: in the middle of the result.
    bool round(process_pool& pool, int number) {
        const gate release;
        std::vector<future<pid_t>> running; // on the other workers, all the time
        for (int i = 0; i != 2; ++i) running.push_back(pool.submit(stay, there_.path(), release.path()));
        for (int i = 0; i != 2; ++i) there_.next();
        const gate start;
        auto lost = pool.submit({.label = "large"}, make_large, there_.path(), start.path());
        const pid_t victim = there_.next();
        std::vector<future<int>> queued;
        for (int i = 0; i != 20; ++i) queued.push_back(pool.submit(next_of, i));

        const std::size_t before = bytes_read_by("self");
        start.open();
        EXPECT_TRUE(eventually([&] { return bytes_read_by("self") - before >= read_before_kill + other_reads; })) << number;
        kill_and_wait(victim);
        const bool in_time = is_lost(lost, victim);
        if (in_time) {
            EXPECT_LT(bytes_read_by("self") - before, result_size) << "all of it arrived in round " << number;
        }

        for (int i = 0; i != 20; ++i) EXPECT_EQ(outcome_of(queued[static_cast<std::size_t>(i)]), i + 1) << number;
        release.open();
        for (auto& each : running) EXPECT_NE(outcome_of(each), victim) << number;
        return in_time;
    }
    /// On a busy machine the whole result may have arrived before this thread ran again: then it must be good.
    static bool is_lost(future<std::string>& lost, pid_t victim) {
        try {
            EXPECT_EQ(outcome_of(lost).size(), result_size);
            return false;
        } catch (const worker_died& e) {
            EXPECT_EQ(e.pid(), victim);
            EXPECT_EQ(e.signal(), SIGKILL);
            EXPECT_EQ(e.label(), "large");
            return true;
        }
    }

    arrivals there_;
};

TEST_F(process_pool_partial_result, costs_exactly_one_future_twenty_times_out_of_twenty) {
    if (bytes_read_by("self") == 0) GTEST_SKIP() << "this kernel does not count what a process reads";
    process_pool pool{{.workers = 3}};
    wake_all(pool);
    const process_state state = look_at_this_process();
    const auto failed_before = pool.stats().failed;
    int in_time = 0;
    for (int attempt = 0; in_time != 20; ++attempt) {
        ASSERT_LT(attempt, 60) << "only " << in_time << " kills came in the middle of a result";
        in_time += round(pool, attempt);
        EXPECT_EQ(outcome_of(pool.submit(twice, 21)), 42);
    }
    EXPECT_EQ(pool.stats().failed - failed_before, 20u);
    expect_works(pool);
    expect_back_to(state);
}

} // namespace
} // namespace penstock::test

// SPDX-License-Identifier: MIT
#include "common/cannot_measure.hpp"
#include "common/median.hpp"
#include "common/require.hpp"
#include "common/stopwatch.hpp"
#include "common/usable_cpus.hpp"
#include "probes/forked_child.hpp"
#include "probes/probes.hpp"
#include "probes/raw_pipe.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <thread>

namespace penstock::bench {

namespace {

using message = std::array<std::uint64_t, 8>;
using namespace std::chrono_literals;

[[noreturn]] void echo(const raw_pipe& there, const raw_pipe& back) {
    for (message m;;) {
        read_all(there.read_end(), m.data(), sizeof m);
        ++m[0];
        write_all(back.write_end(), m.data(), sizeof m);
    }
}

double one_round_trip(const raw_pipe& there, const raw_pipe& back, std::uint64_t number) {
    message m{number};
    const stopwatch time;
    write_all(there.write_end(), m.data(), sizeof m);
    read_all(back.read_end(), m.data(), sizeof m);
    const double took = time.microseconds();
    require(m[0] == number + 1, "an echo");
    return took;
}

/// Median of `count` round trips, after a tenth as many that do not count.
double round_trip(bool spinning, std::chrono::microseconds pause, std::size_t count) {
    const raw_pipe there;
    const raw_pipe back;
    if (spinning) {
        there.never_block(there.read_end());
        back.never_block(back.read_end());
    }
    const forked_child worker([&] { echo(there, back); });
    std::vector<double> times;
    for (std::size_t i = 0; i != count + count / 10; ++i) {
        if (pause != 0us) std::this_thread::sleep_for(pause);
        const double took = one_round_trip(there, back, i);
        if (i >= count / 10) times.push_back(took);
    }
    return median(std::move(times));
}

}  // namespace

measurements pipe_spinning(const request& asked) {
    if (usable_cpus() < 2) throw cannot_measure("both sides spin, which needs two CPUs");
    return {{"pipe, spinning", "", round_trip(true, 0us, asked.amount<std::size_t>(50'000, 10'000)), "us"}};
}

measurements pipe_blocking(const request& asked) {
    return {{"pipe, blocking", "", round_trip(false, 0us, asked.amount<std::size_t>(10'000, 3'000)), "us"}};
}

measurements pipe_pauses(const request& asked) {
    return {
        {"pipe, blocking, pauses", "", round_trip(false, 1ms, asked.amount<std::size_t>(1'000, 300)), "us"}};
}

}  // namespace penstock::bench

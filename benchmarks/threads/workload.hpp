// SPDX-License-Identifier: MIT
// The rows of thread pools (t_*), the same code for each pool: a "peer" is one pool behind a few verbs.
//
//   Peer(workers)                     the pool, as its own documentation makes one
//   call(f)                           f() in one of the pool's threads, from outside; its result
//   sum(count)                        `count` tasks submitted one by one, each gives its number; the sum of the results
//   inside(f)                         f() in one of the pool's threads, which may use sum()
//   fib(n)                            both branches of each call are tasks but for one that the pool may call itself
//   loop(count, body)                 body(i) for each i below count
//   pending(count, then)              then() while `count` tasks wait that nobody can run yet
//
// A peer that lacks one says so by cannot_measure. All figures are "less is better".
#pragma once

#include "common/measurement.hpp"
#include "common/median.hpp"
#include "common/request.hpp"
#include "common/require.hpp"
#include "common/stopwatch.hpp"
#include "threads/memory.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

namespace penstock::bench {

constexpr std::uint64_t sum_of_numbers(std::uint64_t count) { return count * (count - 1) / 2; }

template <class Peer>
measurements one_figure(double value, const char* unit) {
    return {{Peer::name, "", value, unit}};
}

/// The mean of `count` round trips, after a tenth as many that do not count.
template <class Peer>
double round_trip(std::size_t workers, std::size_t count, std::chrono::microseconds pause) {
    Peer peer(workers);
    double total = 0;
    for (std::size_t i = 0; i != count + count / 10; ++i) {
        if (pause.count() != 0) std::this_thread::sleep_for(pause);
        const stopwatch time;
        const std::uint64_t answer = peer.call([i] { return static_cast<std::uint64_t>(i); });
        if (i >= count / 10) total += time.microseconds();
        require(answer == i, "an answer");
    }
    return total / static_cast<double>(count);
}

template <class Peer>
measurements t_hot(const request& asked) {
    const auto count = asked.amount<std::size_t>(20'000, 2'000);
    return one_figure<Peer>(round_trip<Peer>(asked.workers, count, std::chrono::microseconds(0)), "us");
}

template <class Peer>
measurements t_idle(const request& asked) {
    const auto count = asked.amount<std::size_t>(500, 50);
    return one_figure<Peer>(round_trip<Peer>(asked.workers, count, std::chrono::milliseconds(1)), "us");
}

template <class Peer>
measurements t_submit_1(const request& asked) {
    const std::uint64_t count = asked.amount<std::uint64_t>(400'000, 50'000) / Peer::handicap;
    Peer peer(asked.workers);
    require(peer.sum(1'000 / Peer::handicap) == sum_of_numbers(1'000 / Peer::handicap), "the first sum");
    const stopwatch time;
    const std::uint64_t sum = peer.sum(count);
    const double each = time.seconds() * 1e9 / static_cast<double>(count);
    require(sum == sum_of_numbers(count), "the sum");
    return one_figure<Peer>(each, "ns");
}

template <class Peer>
measurements t_submit_4(const request& asked) {
    const std::uint64_t count = asked.amount<std::uint64_t>(100'000, 12'500) / Peer::handicap;
    Peer peer(asked.workers);
    require(peer.sum(1'000 / Peer::handicap) == sum_of_numbers(1'000 / Peer::handicap), "the first sum");
    std::vector<std::uint64_t> sums(4);
    std::vector<std::thread> submitters;
    const stopwatch time;
    for (std::uint64_t& sum : sums) submitters.emplace_back([&peer, &sum, count] { sum = peer.sum(count); });
    for (std::thread& each : submitters) each.join();
    const double each = time.seconds() * 1e9 / static_cast<double>(4 * count);
    for (const std::uint64_t sum : sums) require(sum == sum_of_numbers(count), "the sum");
    return one_figure<Peer>(each, "ns");
}

template <class Peer>
measurements t_spawn(const request& asked) {
    const std::uint64_t count = asked.amount<std::uint64_t>(400'000, 50'000) / Peer::handicap;
    Peer peer(asked.workers);
    double each = 0;
    peer.inside([&] {
        require(peer.sum(1'000 / Peer::handicap) == sum_of_numbers(1'000 / Peer::handicap), "the first sum");
        const stopwatch time;
        const std::uint64_t sum = peer.sum(count);
        each = time.seconds() * 1e9 / static_cast<double>(count);
        require(sum == sum_of_numbers(count), "the sum");
    });
    return one_figure<Peer>(each, "ns");
}

inline std::uint64_t fibonacci(unsigned n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

/// Calls with n >= 2 below fib(n): what a pool has to fork.
inline std::uint64_t forks_of(unsigned n) { return n < 2 ? 0 : 1 + forks_of(n - 1) + forks_of(n - 2); }

template <class Peer>
measurements t_fib(const request& asked) {
    const unsigned n = asked.amount(24u, 20u) - Peer::smaller_fib;
    Peer peer(asked.workers);
    require(peer.fib(10) == fibonacci(10), "the first number");
    const stopwatch time;
    const std::uint64_t number = peer.fib(n);
    const double each = time.seconds() * 1e9 / static_cast<double>(forks_of(n));
    require(number == fibonacci(n), "the number");
    return one_figure<Peer>(each, "ns");
}

template <class Peer>
measurements t_loop(const request& asked) {
    std::vector<std::uint64_t> items(1'000'000);
    const int rounds = asked.amount(30, 8);
    const auto body = [&items](std::size_t i) { items[i] = (items[i] + i) * 0x9e3779b97f4a7c15u; };
    Peer peer(asked.workers);
    peer.loop(items.size(), body);
    const stopwatch time;
    for (int round = 0; round != rounds; ++round) peer.loop(items.size(), body);
    const double each =
        time.seconds() * 1e9 / static_cast<double>(rounds) / static_cast<double>(items.size());
    std::vector<std::uint64_t> alone(items.size());
    for (int round = -1; round != rounds; ++round)
        for (std::size_t i = 0; i != alone.size(); ++i) alone[i] = (alone[i] + i) * 0x9e3779b97f4a7c15u;
    require(items == alone, "the items after the loops");
    return one_figure<Peer>(each, "ns");
}

template <class Peer>
measurements t_future_bytes(const request& asked) {
    const std::uint64_t count = asked.amount<std::uint64_t>(200'000, 100'000);
    Peer peer(1);
    const std::size_t before = resident_bytes();
    std::size_t after = 0;
    peer.pending(count, [&] { after = resident_bytes(); });
    return one_figure<Peer>(static_cast<double>(after - before) / static_cast<double>(count), "bytes");
}

/// In a child for each time, as some pools keep their threads for the next one.
template <class Peer>
measurements t_first_result(const request& asked) {
    std::vector<double> times;
    for (int i = 0; i != asked.amount(11, 5); ++i)
        times.push_back(in_a_child([&] {
            const stopwatch time;
            Peer peer(asked.workers);
            require(peer.call([] { return std::uint64_t{5}; }) == 5, "the first result");
            return time.microseconds();
        }));
    return one_figure<Peer>(median(std::move(times)), "us");
}

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
// Everything about futures at once, at random: cancel races, continuations, groups, coroutines, nested waits and
// shutdowns, on both pools. What each round expects: every future resolves, with its value or as cancelled, and nothing
// is counted twice. It ends after PENSTOCK_STRESS_SECONDS (2), and says with which seed it began (PENSTOCK_STRESS_SEED).
#include <penstock/penstock.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace penstock;
constexpr std::chrono::seconds a_minute{60};

int same(int x) { return x; }
int fails(int) { throw std::out_of_range("a failing task"); }

unsigned long number_from(const char* variable, unsigned long otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

struct tally {
    std::atomic<unsigned long> values{0}, errors{0}, cancelled{0};
};

/// The value, an exception of the task's, or cancelled; all else ends the program.
template <class T>
void resolve(future<T> ended, tally& outcomes) {
    if (!ended.wait_for(a_minute)) throw std::logic_error("a future did not resolve within a minute");
    try {
        static_cast<void>(ended.get());
        ++outcomes.values;
    } catch (const std::out_of_range&) {
        ++outcomes.errors;
    } catch (const task_cancelled&) {
        ++outcomes.cancelled;
    } catch (const pool_closed&) { // shutdown(kill), or a continuation that found its pool shut down
        ++outcomes.cancelled;
    }
}

template <class Pool>
task<int> coroutine(Pool& pool, int steps) {
    int sum = 0;
    for (int i = 0; i < steps; ++i) sum += co_await pool.submit(same, 1).then([](int x) { return x; });
    co_return sum;
}

/// A future of one of many kinds.
template <class Pool>
future<int> made_of(Pool& pool, std::mt19937& random) {
    const int x = static_cast<int>(random() % 100);
    switch (random() % 8) {
    case 0: return pool.submit(fails, x).then([](int y) { return y; });
    case 1: return pool.submit(same, x).then([&pool](int y) { return pool.submit(same, y); });
    case 2: return pool.submit(same, x).then(pool, same).then([](future<int>& done) { return done.get(); });
    case 3: return when_all(pool.submit(same, x), pool.submit(fails, x)).then([](auto both) { return std::get<0>(both).get(); });
    case 4: return when_any(pool.submit(same, x), pool.submit(same, x)).then([](auto) { return 1; });
    case 5: return start(coroutine(pool, x % 5));
    case 6: return pool.submit(same, x).share().then([](const int& y) { return y; });
    default: return pool.submit(same, x).then([&pool](int y) { // waits where callbacks run
        return pool.submit(same, y).then([](int z) { return z; }).get();
    });
    }
}

/// Two threads: one cancels what the other waits for. Then the pool is shut down with work left.
template <class Pool>
void round(std::mt19937& random, tally& outcomes) {
    constexpr std::size_t count = 60;
    const auto before = outcomes.values + outcomes.errors + outcomes.cancelled;
    auto pool = std::make_unique<Pool>(pool_options{.workers = 1 + random() % 3});
    std::vector<shared_future<int>> futures;
    for (std::size_t i = 0; i != count; ++i) futures.push_back(made_of(*pool, random).share());
    std::thread cancelling([seed = random(), copies = futures] {
        std::mt19937 own(seed);
        for (int i = 0; i < 30; ++i) copies[own() % copies.size()].cancel(own() % 4 == 0);
    });
    static_cast<void>(wait(futures, static_cast<wait_until>(random() % 3), std::chrono::milliseconds(random() % 3)));
    if (random() % 2 == 0) pool->shutdown(static_cast<shutdown_mode>(random() % 3));
    for (auto& each : futures) resolve(each.then([](const int& x) { return x; }), outcomes);
    cancelling.join();
    pool.reset();
    if (outcomes.values + outcomes.errors + outcomes.cancelled != before + count) throw std::logic_error("an outcome was lost");
}

} // namespace

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    const auto seed = number_from("PENSTOCK_STRESS_SEED", std::random_device{}());
    const auto span = std::chrono::seconds(number_from("PENSTOCK_STRESS_SECONDS", 2));
    std::printf("PENSTOCK_STRESS_SEED=%lu\n", seed);
    std::fflush(stdout);
    std::mt19937 random(static_cast<std::mt19937::result_type>(seed));
    tally outcomes;
    unsigned long rounds = 0;
    try {
        for (const auto end = std::chrono::steady_clock::now() + span; std::chrono::steady_clock::now() < end; ++rounds) {
            round<thread_pool>(random, outcomes);
            round<process_pool>(random, outcomes);
        }
    } catch (const std::exception& error) {
        std::printf("round %lu: %s\n", rounds, error.what());
        return 1;
    }
    std::printf("%lu rounds: %lu values, %lu exceptions, %lu cancelled\n", rounds, outcomes.values.load(), outcomes.errors.load(),
                outcomes.cancelled.load());
}

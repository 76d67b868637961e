// SPDX-License-Identifier: MIT
#include "common/median.hpp"
#include "common/payload.hpp"
#include "common/stopwatch.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

#include <utility>

namespace penstock::bench {

namespace {

using words = std::vector<std::uint64_t>;

words make_payload(std::uint64_t seed) {
    words payload(payload_words);
    fill_payload(payload, seed);
    return payload;
}

// ---- tasks ----

// The worker keeps what it received, so that a look at every word is a task of its own and not part of the figure.
words received;

std::size_t receive(words&& payload) {
    received = std::move(payload);
    return received.size();
}
bool received_payload(std::uint64_t seed) {
    const bool right = is_payload(received, seed);
    received = {};
    return right;
}

// A result is made beforehand as well.
words prepared;

void prepare(std::uint64_t seed) { prepared = make_payload(seed); }
words give() { return std::move(prepared); }

// ---- the rows ----

double send_once(process_pool& pool, std::uint64_t seed) {
    words payload = make_payload(seed);
    const stopwatch time;
    const std::size_t size = pool.submit(receive, std::move(payload)).get();
    const double took = time.seconds();
    require(size == payload_words && pool.submit(received_payload, seed).get(), "the argument that arrived");
    return took;
}

double fetch_once(process_pool& pool, std::uint64_t seed) {
    pool.submit(prepare, seed).get();
    const stopwatch time;
    const words result = pool.submit(give).get();
    const double took = time.seconds();
    require(is_payload(result, seed), "the result that arrived");
    return took;
}

/// One worker: the tasks must meet what the task before left. The first transfer does not count.
measurements bandwidth(const request& asked, double transfer(process_pool&, std::uint64_t)) {
    process_pool pool({.workers = 1});
    transfer(pool, 0);
    std::vector<double> times;
    for (std::uint64_t i = 1; i <= asked.amount<std::uint64_t>(7, 3); ++i) times.push_back(transfer(pool, i));
    return {{ourselves, "", gigabytes_per_second(median(std::move(times))), "GB/s"}};
}

}  // namespace

measurements payload_arg_64m(const request& asked) { return bandwidth(asked, send_once); }
measurements payload_result_64m(const request& asked) { return bandwidth(asked, fetch_once); }

}  // namespace penstock::bench

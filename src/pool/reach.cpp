// SPDX-License-Identifier: MIT
#include "pool/reach.hpp"

#include "os/channel.hpp"
#include "os/cpu_count.hpp"
#include "pool/batch_ledger.hpp"
#include "pool/isolation.hpp"
#include "wire/claim_page.hpp"

namespace penstock::pool {

namespace {

constexpr std::size_t packets_a_pipe = 16; // each takes a page of the pipe, of which it has 16
constexpr std::size_t batches_ahead = 4;   // more would only wait
constexpr std::size_t descriptors_a_worker = 4;
constexpr std::size_t descriptors_a_pool = 8; // poller, wake-up, and what one start needs for a moment
constexpr std::size_t output_descriptors = 2; // more of both when output is captured
constexpr std::size_t zygote_descriptors = 2; // its socket and its pidfd

} // namespace

/// With captured output a worker has one task at a time: all that it prints before an answer is that task's.
reach find_reach(const pool_options& options) {
    if (captures(options)) return {};
    const os::channel probe(options.batches == batching::automatic ? wire::claim_page::size : 0);
    if (!probe.shared().empty()) return {probe.shared().size(), batches_ahead * batch_ledger::most_tasks};
    return {0, probe.can_take_back() ? packets_a_pipe : 1};
}

std::size_t descriptors_needed(const pool_options& options, std::size_t workers) {
    const std::size_t more = captures(options) ? output_descriptors : 0;
    return (descriptors_a_worker + more) * workers + descriptors_a_pool + more +
           (options.start == start_method::forkserver ? zygote_descriptors : 0);
}

bool may_spin(const pool_options& options) { return options.spin == spinning::adaptive && os::available_cpus() > 1; }

} // namespace penstock::pool

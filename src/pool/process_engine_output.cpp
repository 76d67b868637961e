// SPDX-License-Identifier: MIT
// What workers print, when it is captured: the engine knows who runs what, output_reader does the rest. The I/O thread,
// under the lock.
#include "pool/process_engine.hpp"

#include <algorithm>

namespace penstock::pool {

namespace {

constexpr std::array both{output_stream::standard_output, output_stream::standard_error};

} // namespace

void process_engine::watch_output(std::size_t worker) {
    const record& place = records_[worker];
    if (!place.output) return;
    poller_.add(place.output->fd(output_stream::standard_output), make_key(worker, place.generation, source::standard_output),
                true, false);
    poller_.add(place.output->fd(output_stream::standard_error), make_key(worker, place.generation, source::standard_error),
                true, false);
}

output_origin process_engine::now_printing(std::size_t worker) const {
    output_origin by{worker, records_[worker].slot->process().pid()};
    if (const task_entry* first = dispatcher_->running(worker)) {
        by.task = first->id;
        by.label = static_cast<const work_item*>(first)->label();
    }
    return by;
}

void process_engine::read_output(std::size_t worker, output_stream from) {
    output_reader& output = *records_[worker].output;
    if (output.fd(from) < 0 || output.read(from, now_printing(worker))) return;
    poller_.remove(output.fd(from)); // it would report the same for ever
    output.close(from);
}

void process_engine::end_output_section(std::size_t worker) {
    if (records_[worker].output) records_[worker].output->finish(now_printing(worker));
}

/// The worker is dead. A child that it left behind may have the other ends still: nobody waits for that.
void process_engine::close_output(std::size_t worker, std::span<const std::uint64_t> not_begun) {
    if (!records_[worker].output) return;
    output_reader& output = *records_[worker].output;
    output_origin by = now_printing(worker);
    if (std::find(not_begun.begin(), not_begun.end(), by.task) != not_begun.end()) by.task = 0, by.label = {};
    output.finish_for_good(by);
    for (const output_stream from : both)
        if (output.fd(from) >= 0) poller_.remove(output.fd(from));
    records_[worker].output.reset();
}

} // namespace penstock::pool

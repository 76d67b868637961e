// SPDX-License-Identifier: MIT
// The I/O thread of the engine: it starts workers, reads their answers, notices their deaths and keeps the deadlines. It
// never blocks but in the poller, never decodes a payload and never runs a user's code.
#include "pool/process_engine.hpp"

#include "pool/lock_soon.hpp"
#include "pool/output_pipes.hpp"
#include "wire/worker_argument.hpp"

#include <penstock/errors.hpp>

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

namespace penstock::pool {

using namespace std::chrono_literals;
using wire::frame_kind;
using clock = std::chrono::steady_clock;

std::vector<std::string> process_engine::own_arguments(std::string_view marker) const {
    std::vector<std::string> arguments = command_.loader_arguments;
    if (arguments.empty()) arguments.emplace_back(program_invocation_name);
    arguments.push_back(std::string(marker) + std::to_string(getpid()));
    return arguments;
}

std::uint64_t process_engine::make_key(std::size_t worker, std::uint32_t generation, source from) {
    return (std::uint64_t{generation} << 32) | ((worker + 1) << 3) | static_cast<std::uint64_t>(from); // below 8: the wake-up and the zygote
}

void process_engine::run() noexcept {
    std::unique_lock lock(mutex_);
    try {
        loop(lock);
    } catch (const std::exception& e) {
        if (!lock.owns_lock()) lock.lock();
        give_up(e.what());
    }
    publish(lock);
    changed_.wait(lock, [this] { return publishing_ == 0; }); // other threads take answers, too
    ended_ = true;
    changed_.notify_all();
}

void process_engine::loop(std::unique_lock<std::mutex>& lock) {
    for (;;) {
        start_workers(lock);
        fork_workers(lock);
        const auto now = clock::now();
        if (const auto due = dispatcher_->next_tick(); due && *due <= now) harvest_all(); // what a worker runs is to be known
        harvest_left();
        dispatcher_->tick(now);
        reap_without_pidfd();
        if (dispatcher_->budget_spent() && !dispatcher_->broken())
            break_down(budget_spent());
        collect_abandoned();
        publish(lock); // makes room
        launch_waiting();
        tend_zygote(); // after all that may be the last thing the pool waited for
        publish(lock); // before the question: nothing may be left unpublished when no event will come any more
        if (dispatcher_->finished() && !zygote_) return;
        std::optional<std::chrono::nanoseconds> timeout;
        if (const auto due = next_deadline()) timeout = std::max<std::chrono::nanoseconds>(*due - clock::now(), 0ns);
        if (!to_start_.empty()) timeout = 0ns;
        sleeps_until_ = timeout ? clock::now() + *timeout : time_point::max();
        lock.unlock();
        const auto events = poller_.wait(timeout);
        lock_soon(lock);
        sleeps_until_ = time_point::min();
        for (const os::poller::event& event : events) handle(event.key, lock);
    }
}

/// Wakes whoever waits for what was resolved, without the lock.
void process_engine::publish(std::unique_lock<std::mutex>& lock) {
    if (resolved_.empty()) return;
    work_queue finished = std::exchange(resolved_, {});
    const std::size_t count = finished.size();
    std::uint64_t bytes = 0;
    ++publishing_;
    lock.unlock();
    while (task_entry* entry = finished.pop_front()) {
        auto& item = static_cast<work_item&>(*entry);
        bytes += item.length();
        item.finish();
    }
    lock_soon(lock);
    --publishing_;
    open_ -= count;
    open_bytes_ -= bytes;
    changed_.notify_all();
}

void process_engine::start_workers(std::unique_lock<std::mutex>& lock) {
    while (!to_start_.empty()) {
        const std::size_t worker = to_start_.back();
        to_start_.pop_back();
        if (start_ == start_method::forkserver) {
            to_fork_.push_back(worker);
            continue;
        }
        if (dispatcher_->wants(worker)) start_worker(worker, lock);
        else dispatcher_->died(worker, {}, clock::now()); // shut down or broken before its turn came
        tried_start();
    }
}

void process_engine::tried_start() {
    if (first_starts_ != 0 && --first_starts_ == 0) changed_.notify_all();
}

void process_engine::start_worker(std::size_t worker, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    record fresh;
    std::optional<start_error> failure;
    try {
        fresh = start_process();
    } catch (const start_error& e) {
        failure = e;
    } catch (const std::system_error& e) {
        failure.emplace(std::string("cannot start a worker (") + e.what() + ")", command_.path, e.code().value());
    }
    lock.lock();
    if (failure) start_failed(worker, *failure);
    else install(worker, std::move(fresh));
}

process_engine::record process_engine::start_process() const {
    record fresh;
    os::start_request request{command_.path, own_arguments(wire::worker_argument), -1, -1, &environment_};
    const output_pipes printed(options_.output.mode, request, fresh.output, delivery_);
    fresh.slot = std::make_unique<worker_slot>(request, shared_bytes_, boot_);
    return fresh;
}

void process_engine::install(std::size_t worker, record&& fresh) {
    record& place = records_[worker];
    const std::uint32_t generation = place.generation + 1;
    const std::optional<std::string> doomed = std::exchange(place.doomed, std::nullopt);
    place = std::move(fresh);
    place.generation = generation;
    try {
        watch(worker);
    } catch (const std::system_error& e) { // nobody would ever hear of it
        unwatch(worker);
        end_at_once(*place.slot);
        place.slot.reset();
        place.output.reset();
        const std::string what = std::string("cannot watch a worker (") + e.what() + ")";
        return start_failed(worker, start_error(what, command_.path, e.code().value()));
    }
    report(pool_event_kind::started, worker);
    write_more(worker);
    if (doomed) {
        place.in_order = doomed->empty(); // without a reason: it goes with all the others
        return kill(worker, *doomed);
    }
    if (dispatcher_->wants(worker)) return;
    if (dispatcher_->dropping()) kill(worker, {}); // it was not wanted any more while it was being started
    else say_bye(worker);
}

void process_engine::watch(std::size_t worker) {
    const record& place = records_[worker];
    worker_slot& slot = *place.slot;
    poller_.add(slot.channel().result_fd(), make_key(worker, place.generation, source::answers), true, false);
    // Asked nothing as yet. poll_for_room asks, also for threads that submit, and changing cannot fail for want of memory.
    poller_.add(slot.channel().task_fd(), make_key(worker, place.generation, source::room), false, false);
    if (slot.process().pidfd() >= 0) poller_.add(slot.process().pidfd(), make_key(worker, place.generation, source::death), true, false);
    watch_output(worker);
}

void process_engine::unwatch(std::size_t worker) noexcept {
    worker_slot& slot = *records_[worker].slot;
    poller_.remove(slot.channel().result_fd());
    poller_.remove(slot.channel().task_fd());
    if (slot.process().pidfd() >= 0) poller_.remove(slot.process().pidfd());
    records_[worker].polls_for_room = false;
}

void process_engine::start_failed(std::size_t worker, const start_error& error) {
    note_cause(error.what());
    if (first_starts_ != 0 && !start_error_) {
        start_error_ = std::make_exception_ptr(error);
        changed_.notify_all();
    }
    dispatcher_->died(worker, {}, clock::now());
}

void process_engine::handle(std::uint64_t key, std::unique_lock<std::mutex>& lock) {
    if (key == 0) return wake_.clear();
    if (key < 8) return handle_zygote(key);
    const std::size_t worker = ((key & 0xffffffffu) >> 3) - 1;
    const record& place = records_[worker];
    if (!place.slot || place.generation != static_cast<std::uint32_t>(key >> 32)) return; // of the one before
    switch (static_cast<source>(key & 7)) {
    case source::answers: return receive(worker, lock);
    case source::room: return write_more(worker);
    case source::death: return notice_death(worker);
    case source::standard_output: return read_output(worker, output_stream::standard_output);
    case source::standard_error: return read_output(worker, output_stream::standard_error);
    }
}

void process_engine::write_more(std::size_t worker) {
    record& place = records_[worker];
    const auto progress = place.slot->continue_writing();
    poll_for_room(worker, progress == worker_slot::progress::blocked);
    if (progress == worker_slot::progress::failed) return kill(worker, "its task pipe cannot be written");
    if (progress == worker_slot::progress::done) dispatcher_->room(worker, clock::now());
}

} // namespace penstock::pool

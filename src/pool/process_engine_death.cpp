// SPDX-License-Identifier: MIT
// How workers end, seen by the I/O thread: deaths, deadlines, and a pool that breaks down.
#include "pool/process_engine.hpp"

#include "wire/exit_code.hpp"

#include <penstock/errors.hpp>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

namespace penstock::pool {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

constexpr auto without_pidfd = 20ms; // how often to look for deaths where the kernel does not tell

std::string describe(const os::exit_status& status) {
    switch (status.kind) {
    case os::exit_status::how::exited: return "exit status " + std::to_string(status.value);
    case os::exit_status::how::signalled: return "signal " + std::to_string(status.value) + " (" + strsignal(status.value) + ")";
    case os::exit_status::how::unknown: break;
    }
    return "status unknown, as somebody else reaped it (is SIGCHLD ignored?)";
}

std::string hint_for(const os::exit_status& status, const std::string& reason) {
    if (!reason.empty()) return reason;
    if (status.kind == os::exit_status::how::signalled && status.value == SIGKILL)
        return "somebody killed it, or the kernel did when memory was short (its log would say so)";
    if (status.kind != os::exit_status::how::exited) return {};
    switch (status.value) {
    case wire::exit_lost_connection: return "the task closed or damaged the worker's pipes";
    case wire::exit_thread_ended: return "the task called pthread_exit";
    case 0: return "the task ended the process (exit), or put another program in its place (exec)";
    default: return {};
    }
}

} // namespace

/// "For ever" may be spelled nanoseconds::max().
process_engine::time_point process_engine::later(std::chrono::nanoseconds wait) {
    const auto now = clock::now();
    return wait < time_point::max() - now ? now + wait : time_point::max();
}

/// A worker is dead: its last answers, what it had not begun, the one task that is lost, and a successor.
void process_engine::reap(std::size_t worker) {
    record& place = records_[worker];
    const auto status = place.slot->process().try_reap();
    if (!status) return;
    try {
        while (place.slot->receive() == worker_slot::reading::some) take_frames(worker);
    } catch (const std::bad_alloc&) { // what cannot be received counts as not answered
        place.reason = "there is no memory for its result";
    }
    take_frames(worker);
    const std::vector<std::uint64_t> unread = place.slot->unread_after_death();
    note_not_begun(worker, unread);
    unwatch(worker);
    task_entry* lost = dispatcher_->died(worker, unread, clock::now());
    if (lost != nullptr) lose(static_cast<work_item&>(*lost), place, *status);
    if (!place.was_ready && !dispatcher_->dropping())
        causes_.push_back("worker " + std::to_string(place.slot->process().pid()) + " died before it was ready: " +
                          (place.reason.empty() ? describe(*status) : place.reason));
    place.slot.reset();
    place.deadline.reset();
    if (dispatcher_->budget_spent() && !dispatcher_->broken())
        break_down("workers keep dying before they are ready (more than " + std::to_string(dispatcher_->restart_budget()) + " in 10 s)");
}

void process_engine::lose(work_item& item, const record& worker, const os::exit_status& status) {
    const pid_t pid = worker.slot->process().pid();
    worker_died::details details{pid, 0, -1, item.label(), hint_for(status, worker.reason)};
    if (status.kind == os::exit_status::how::signalled) details.signal = status.value;
    if (status.kind == os::exit_status::how::exited) details.exit_status = status.value;
    std::string what = "worker " + std::to_string(pid) + " died while it ran the task";
    if (!details.label.empty()) what += " '" + details.label + "'";
    what += ": " + describe(status);
    if (!details.hint.empty()) what += "; " + details.hint;
    item.set_error(std::make_exception_ptr(worker_died(what, std::move(details))));
    resolve(item);
}

void process_engine::check_deadlines() {
    const auto now = clock::now();
    for (std::size_t worker = 0; worker != records_.size(); ++worker) {
        record& place = records_[worker];
        if (!place.slot) continue;
        if (place.slot->process().pidfd() < 0) reap(worker);
        if (!place.slot || !place.deadline || now < *place.deadline) continue;
        place.deadline = later(options_.grace);
        if (place.stopping == stop_stage::none) end_process(worker, "it was not ready within pool_options.start_timeout");
        else if (place.stopping == stop_stage::hung_up) end_process(worker, "the worker closed its result pipe");
        else if (place.stopping == stop_stage::asked) {
            place.stopping = stop_stage::terminated;
            place.slot->process().send_signal(SIGTERM);
        } else {
            place.stopping = stop_stage::killed;
            place.slot->process().send_signal(SIGKILL);
        }
    }
}

std::optional<process_engine::time_point> process_engine::next_deadline() const {
    std::optional<time_point> next = dispatcher_->next_tick();
    const auto consider = [&next](time_point due) {
        if (!next || due < *next) next = due;
    };
    for (const record& place : records_) {
        if (!place.slot) continue;
        if (place.deadline) consider(*place.deadline);
        if (place.slot->process().pidfd() < 0) consider(clock::now() + without_pidfd);
    }
    return next;
}

/// Ends a worker that is beyond use; its death is noticed as any other.
void process_engine::end_process(std::size_t worker, const std::string& reason) {
    record& place = records_[worker];
    if (place.reason.empty()) place.reason = reason;
    place.stopping = stop_stage::killed;
    place.deadline = later(options_.grace);
    place.slot->process().send_signal(SIGKILL);
}

void process_engine::break_down(const std::string& what) {
    if (dispatcher_->broken()) return;
    std::string text = "penstock: the pool is broken: " + what;
    broken_.emplace(text, causes_);
    if (abandoned_as_ == ending::none) abandoned_as_ = ending::broken;
    dispatcher_->break_down();
    collect_abandoned();
}

void process_engine::collect_abandoned() {
    while (task_entry* entry = dispatcher_->next_abandoned()) {
        auto& item = static_cast<work_item&>(*entry);
        item.set_error(abandoned(item));
        resolve(item);
    }
}

/// An exception of its own for each task: one that is shared would be destroyed by whichever thread is last.
std::exception_ptr process_engine::abandoned(const work_item& item) const {
    if (abandoned_as_ == ending::cancelled) return cancelled(item);
    if (abandoned_as_ == ending::broken) return std::make_exception_ptr(*broken_);
    return std::make_exception_ptr(pool_closed("penstock: the pool was shut down before the task was done"));
}

/// The loop itself failed (the poller, or memory for the pool's own books): nobody may be left waiting.
void process_engine::give_up(const std::string& what) noexcept {
    break_down("its I/O thread failed: " + what);
    for (record& place : records_) {
        if (place.slot) end_at_once(*place.slot);
        place.slot.reset();
    }
}

/// For a worker that cannot be watched: kills it and waits for its end, which is near.
void process_engine::end_at_once(worker_slot& slot) noexcept {
    slot.process().send_signal(SIGKILL);
    while (!slot.process().try_reap()) usleep(1000);
}

} // namespace penstock::pool

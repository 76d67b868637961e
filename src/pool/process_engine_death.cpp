// SPDX-License-Identifier: MIT
// How workers end, seen by the I/O thread: deaths, stopped tasks, and a pool that breaks down.
#include "pool/process_engine.hpp"

#include "pool/worker_end.hpp"

#include <penstock/errors.hpp>

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

namespace penstock::pool {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

namespace {

constexpr auto without_pidfd = 20ms; // how often to look for deaths where the kernel does not tell

bool may_be_sigkill(const os::exit_status& status) {
    if (status.kind == os::exit_status::how::signalled) return status.value == SIGKILL;
    return status.kind == os::exit_status::how::unknown;
}

} // namespace

/// Its pidfd says so, and will for ever: where the status is still on its way, look again without it.
void process_engine::notice_death(std::size_t worker) {
    reap(worker);
    record& place = records_[worker];
    if (!place.slot) return;
    poller_.remove(place.slot->process().pidfd());
    place.looked_at = true;
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
    if (!harvest(worker)) throw std::bad_alloc(); // its page goes with it
    if (may_be_sigkill(*status) && place.reason.empty()) place.reason = place.kill_reason;
    const std::vector<std::uint64_t> unread = place.slot->unread_after_death();
    note_not_begun(worker, unread);
    close_output(worker, unread);
    unwatch(worker);
    task_entry* lost = dispatcher_->died(worker, unread, clock::now());
    const bool in_order = place.in_order && lost == nullptr;
    if (!in_order) ++stats_.respawns_died;
    if (!in_order)
        report(pool_event_kind::died, worker, [&](pool_event& event) {
            if (status->kind == os::exit_status::how::signalled) event.signal = status->value;
            if (status->kind == os::exit_status::how::exited) event.exit_status = status->value;
            if (lost != nullptr) event.task_id = lost->id, event.task_label = static_cast<work_item*>(lost)->label();
            event.reason = hint_for(*status, place.reason);
        });
    if (!place.was_ready && !place.in_order)
        note_cause("worker " + std::to_string(place.slot->process().pid()) + " died before it was ready: " +
                          (place.reason.empty() ? describe_end(*status) : place.reason));
    if (lost != nullptr) lose(static_cast<work_item&>(*lost), place, *status);
    place.slot.reset();
}

void process_engine::reap_without_pidfd() {
    for (std::size_t worker = 0; worker != records_.size(); ++worker)
        if (records_[worker].slot && (records_[worker].looked_at || records_[worker].slot->process().pidfd() < 0)) reap(worker);
}

std::optional<process_engine::time_point> process_engine::next_deadline() const {
    std::optional<time_point> next = dispatcher_->next_tick();
    const auto consider = [&next](std::optional<time_point> due) {
        if (due && (!next || *due < *next)) next = due;
    };
    const auto look = clock::now() + without_pidfd;
    for (const record& place : records_)
        if (place.slot && (place.looked_at || place.slot->process().pidfd() < 0)) consider(look);
    if (!left_.empty()) consider(look);
    if (zygote_) consider(zygote_->due());
    if (zygote_ && zygote_->process().pidfd() < 0) consider(look);
    return next;
}

void process_engine::lose(work_item& item, const record& worker, const os::exit_status& status) {
    count_attempt(item, -1ns, clock::now());
    if (item.stopped != verdict::none) return end_stopped(item, "made to end with its worker (" + describe_end(status) + ")");
    const pid_t pid = worker.slot->process().pid();
    worker_died::details details{pid, 0, -1, item.label(), hint_for(status, worker.reason), {}};
    if (status.kind == os::exit_status::how::signalled) details.signal = status.value;
    if (status.kind == os::exit_status::how::exited) details.exit_status = status.value;
    std::string what = "worker " + std::to_string(pid) + " died while it ran the task" + with_label(details.label) + ": " +
                       describe_end(status);
    end_by_death(item, std::move(what), std::move(details));
}

/// It has ended, but what it wrote into the pipe costs it its worker.
void process_engine::fail_for_damage(work_item& item, const record& worker) {
    const pid_t pid = worker.slot->process().pid();
    end_by_death(item, "worker " + std::to_string(pid) + " is replaced after the task" + with_label(item.label()),
                 worker_died::details{pid, 0, -1, item.label(), worker.reason, {}});
}

void process_engine::end_by_death(work_item& item, std::string what, worker_died::details&& details) {
    item.has_damaged_pipe = false; // another attempt may do better
    if (!details.hint.empty()) what += "; " + details.hint;
    if (try_again(item, what)) return;
    details.attempts = item.attempts();
    if (details.attempts.size() > 1) what += "; it was the last of " + std::to_string(details.attempts.size()) + " attempts";
    item.set_error(std::make_exception_ptr(worker_died(what, std::move(details))));
    ++stats_.failed;
    resolve(item);
}

/// A task that was told to stop is over; whatever it answered comes too late.
void process_engine::end_stopped(work_item& item, const std::string& how) {
    if (item.stopped == verdict::cancelled) {
        item.set_error(std::make_exception_ptr(task_cancelled("the task" + with_label(item.label()) + " was cancelled while it ran")));
        ++stats_.cancelled;
        return resolve(item);
    }
    std::string what = "the task" + with_label(item.label()) + " ran longer than its timeout of " + readable(item.timeout) +
                       " and was " + how;
    if (try_again(item, what)) return;
    const auto attempts = item.attempts();
    if (attempts.size() > 1) what += "; it was the last of " + std::to_string(attempts.size()) + " attempts";
    item.set_error(std::make_exception_ptr(task_timeout(what, attempts)));
    ++stats_.timed_out;
    resolve(item);
}

/// Back to the queue for another attempt when the task's retry_policy has one left.
bool process_engine::try_again(work_item& item, const std::string& how) {
    std::chrono::nanoseconds pause{0};
    if (!item.try_again(how, pause) || dispatcher_->dropping()) return false;
    ++stats_.retried;
    item.clear_running();
    const auto now = clock::now();
    item.submitted_at = now + pause;
    item.id = next_id_++; // a request to stop that was meant for the last attempt must not stop this one
    dispatcher_->retry(item, now + pause, now);
    return true;
}

/// A pool that lives for months must not remember every worker that failed to start.
void process_engine::note_cause(std::string what) {
    const std::size_t kept = std::max<std::size_t>(64, dispatcher_->restarts().budget() + 1);
    if (causes_.size() >= kept) causes_.erase(causes_.begin(), causes_.end() - static_cast<std::ptrdiff_t>(kept) + 1);
    causes_.push_back(std::move(what));
}

std::string process_engine::budget_spent() const {
    const auto window = std::chrono::duration<double>(dispatcher_->restarts().window()).count();
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%g", window);
    return "workers die before they are ready (more than " + std::to_string(dispatcher_->restarts().budget()) + " in " + seconds + " s)";
}

void process_engine::break_down(const std::string& what) {
    if (dispatcher_->broken()) return;
    broken_.emplace("penstock: the pool is broken: " + what, causes_);
    if (abandoned_as_ == ending::none) abandoned_as_ = ending::broken;
    dispatcher_->break_down();
    collect_abandoned();
}

void process_engine::collect_abandoned() {
    while (task_entry* entry = dispatcher_->next_abandoned()) {
        auto& item = static_cast<work_item&>(*entry);
        item.set_error(abandoned(item));
        ++(abandoned_as_ == ending::broken ? stats_.failed : stats_.cancelled);
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
    gave_up_ = true;
    break_down("its I/O thread failed: " + what);
    launch_waiting();
    end_zygote_at_once();
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

void process_engine::report(pool_event_kind kind, std::size_t worker, const std::function<void(pool_event&)>& fill) {
    if (!options_.on_event) return;
    pool_event event;
    event.kind = kind;
    event.worker = worker;
    if (records_[worker].slot) event.pid = records_[worker].slot->process().pid();
    if (fill) fill(event);
    callbacks_.post([tell = options_.on_event, event] { tell(event); });
}

} // namespace penstock::pool

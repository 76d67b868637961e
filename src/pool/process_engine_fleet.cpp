// SPDX-License-Identifier: MIT
// What the dispatcher orders, done with processes. Called under the engine's lock, by any thread.
#include "pool/process_engine.hpp"

#include <algorithm>
#include <csignal>

namespace penstock::pool {

namespace {
constexpr std::size_t most_wide_pipes = 16; // of a megabyte each
}

fleet::sent process_engine::send(std::size_t worker, task_entry& entry, time_point now) {
    auto& item = static_cast<work_item&>(entry);
    const bool begins = dispatcher_->running(worker) == nullptr;
    if (begins) item.set_running(); // said before it is sent: the worker may be faster than this thread
    else wake_before(now + std::chrono::milliseconds(1)); // it may turn out to wait behind a long task
    item.begun_at = now; // until it is known better
    if (records_[worker].slot->wants_wide_tasks(item) && may_widen()) records_[worker].slot->widen_tasks();
    const auto progress = records_[worker].slot->send(item);
    if (progress == worker_slot::progress::done) {
        if (records_[worker].slot->writing()) poll_for_room(worker, true);
        return sent::yes;
    }
    if (begins) item.clear_running();
    if (progress == worker_slot::progress::failed) {
        kill(worker, "its task pipe cannot be written");
        return sent::failed;
    }
    poll_for_room(worker, true);
    return sent::no_room;
}

/// Looked at when a worker meets its first large payloads.
bool process_engine::may_widen() const noexcept {
    std::size_t wide = 0;
    for (const record& place : records_)
        if (place.slot) wide += place.slot->wide_pipes();
    return wide < most_wide_pipes;
}

/// The I/O thread is to look what is due by then, should it sleep for longer.
void process_engine::wake_before(time_point then) {
    if (sleeps_until_ <= then) return;
    sleeps_until_ = then;
    wake_.signal();
}

void process_engine::flush(std::size_t worker) {
    record& place = records_[worker];
    if (!place.slot) return;
    // Only where the pipe is not being read without the lock could answers be taken afterwards.
    const auto progress = place.slot->flush(hands_over_ && !place.is_read);
    if (place.slot->has_left()) note_left(worker); // of another worker within harvest_left, never a new one
    if (progress == worker_slot::progress::blocked) poll_for_room(worker, true);
    if (progress == worker_slot::progress::failed) kill(worker, "its task pipe cannot be written");
}

std::vector<std::uint64_t> process_engine::take_back(std::size_t worker) {
    if (!records_[worker].slot) return {};
    std::vector<std::uint64_t> ids = records_[worker].slot->take_back();
    note_not_begun(worker, ids);
    return ids;
}

/// The first task of a worker counts as running from the moment it is sent, unless it comes back unread.
void process_engine::note_not_begun(std::size_t worker, std::span<const std::uint64_t> ids) {
    task_entry* first = dispatcher_->running(worker);
    if (first != nullptr && std::find(ids.begin(), ids.end(), first->id) != ids.end())
        static_cast<work_item*>(first)->clear_running();
}

void process_engine::poll_for_room(std::size_t worker, bool wanted) {
    record& place = records_[worker];
    if (place.polls_for_room == wanted) return;
    poller_.change(place.slot->channel().task_fd(), make_key(worker, place.generation, source::room), false, wanted);
    place.polls_for_room = wanted;
}

void process_engine::start(std::size_t worker) {
    records_[worker].doomed.reset();
    to_start_.push_back(worker);
    wake_.signal();
}

void process_engine::say_bye(std::size_t worker) {
    record& place = records_[worker];
    if (!place.slot) return; // about to be started: start_workers sees that it is not wanted
    place.in_order = true;
    const auto progress = place.slot->say_bye();
    if (progress == worker_slot::progress::failed) return kill(worker, "its task pipe cannot be written");
    if (progress == worker_slot::progress::blocked) poll_for_room(worker, true);
    wake_.signal(); // its grace begins
}

void process_engine::request_stop(std::size_t worker, const task_entry& entry) {
    if (records_[worker].slot) records_[worker].slot->process().send_signal_with_value(SIGURG, entry.id);
    wake_.signal();
}

void process_engine::terminate(std::size_t worker) {
    record& place = records_[worker];
    if (!place.slot) return;
    if (place.reason.empty()) place.reason = "it was made to end, as it had not when it was asked to";
    place.slot->process().send_signal(SIGTERM);
}

/// Its death is noticed as any other.
void process_engine::kill(std::size_t worker, const std::string& reason) {
    record& place = records_[worker];
    if (place.slot) {
        if (place.kill_reason.empty()) place.kill_reason = reason;
        if (dispatcher_->dropping()) {
            place.slot->stop_writing(); // the arguments go with their task, which is abandoned
            place.in_order = true;      // it did not die of itself, and a pool that was reset since has nothing to do with it
        }
        place.slot->process().send_signal(SIGKILL);
    } else {
        place.doomed = reason;
    }
    wake_.signal();
}

void process_engine::let_go(std::size_t worker, let_go_reason why) {
    if (why == let_go_reason::recycled) ++stats_.respawns_recycled;
    if (!records_[worker].slot) return; // nobody has heard of it
    report(pool_event_kind::recycled, worker, [&](pool_event& event) {
        event.reason = records_[worker].reason;
        if (why == let_go_reason::idle) event.reason = "it had nothing to do for idle_timeout";
        if (why == let_go_reason::surplus) event.reason = "the pool was made smaller";
        if (event.reason.empty()) event.reason = "it has run max_tasks_per_worker tasks";
    });
}

} // namespace penstock::pool

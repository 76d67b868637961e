// SPDX-License-Identifier: MIT
// What workers say, taken by the I/O thread. Payloads are stored, never decoded.
#include "pool/process_engine.hpp"

#include "os/process_memory.hpp"
#include "pool/lock_soon.hpp"
#include "wire/remote_error.hpp"

#include <penstock/errors.hpp>

#include <algorithm>

namespace penstock::pool {

using wire::frame_kind;
using clock = std::chrono::steady_clock;

void process_engine::receive(std::size_t worker, std::unique_lock<std::mutex>& lock) {
    worker_slot& slot = *records_[worker].slot; // only this thread replaces it
    auto outcome = worker_slot::reading::nothing;
    bool out_of_memory = false;
    records_[worker].is_read = true;
    lock.unlock();
    try {
        outcome = slot.receive();
    } catch (const std::bad_alloc&) {
        out_of_memory = true;
    }
    lock_soon(lock);
    records_[worker].is_read = false;
    if (slot.wants_wide_results() && may_widen()) slot.widen_results();
    take_frames(worker);
    if (out_of_memory) return kill(worker, "there is no memory for its result");
    if (outcome != worker_slot::reading::ended && outcome != worker_slot::reading::failed) return;
    poller_.remove(slot.channel().result_fd()); // it would report the same for ever
    if (outcome == worker_slot::reading::failed) return kill(worker, "its result pipe cannot be read"); // it does not know
    dispatcher_->hung_up(worker, clock::now());
}

void process_engine::take_frames(std::size_t worker) {
    const open_inbox open(*this);
    wire::frame_reader& frames = records_[worker].slot->frames();
    for (const auto now = clock::now();;) {
        while (auto frame = frames.next()) {
            records_[worker].is_noise_unclear = false;
            take_frame(worker, *frame, now);
        }
        settle_answered(worker);
        if (frames.damage().empty()) return;
        skip_damage(worker, "it sent " + frames.damage() + " through its result pipe");
    }
}

/// The worker goes on, as tasks behind the one that wrote this may have begun; it is replaced when they have ended. Whose
/// doing it was is known only when a single task can have been run since the last answer.
void process_engine::skip_damage(std::size_t worker, const std::string& what) {
    record& place = records_[worker];
    const bool is_known = !place.is_noise_unclear && !place.slot->is_between_answers();
    task_entry* suspect = dispatcher_->running(worker);
    place.is_noise_unclear = true;
    place.reason = what;
    dispatcher_->recycle(worker, clock::now());
    // One that came back with the rest had not begun: it was a thread that an earlier one had left behind.
    if (is_known && suspect != nullptr && dispatcher_->running(worker) == suspect)
        static_cast<work_item*>(suspect)->has_damaged_pipe = true;
    place.slot->frames().skip_damage();
}

/// After any number of answers, or none.
void process_engine::settle_answered(std::size_t worker) try {
    if (!std::exchange(took_answers_, false)) return;
    take_left(inbox_.take());
    const auto now = clock::now();
    if (task_entry* next = dispatcher_->running(worker)) static_cast<work_item*>(next)->set_running();
    if (options_.max_rss_per_worker != 0) check_memory(worker);
    dispatcher_->settle_answered(worker, now);
} catch (const std::bad_alloc&) {
    took_answers_ = true;
    throw;
}

/// Takes the answers that the worker has left in its page and not written yet. What it, or its tasks, have written comes
/// first: bytes that are no frame are the doing of a task that is not answered yet. False where there is no memory for all of
/// it: the I/O thread, once it is woken, tries again.
bool process_engine::harvest(std::size_t worker) {
    record& place = records_[worker];
    if (!place.slot || !place.slot->has_page() || place.is_read) return true;
    try {
        place.slot->look_into_page();
        if (place.slot->receive() == worker_slot::reading::some || place.has_unread_frames) take_frames(worker);
        place.has_unread_frames = false;
        while (place.slot->frames().within_head() && place.slot->receive() == worker_slot::reading::some) take_frames(worker);
        const auto now = clock::now();
        while (auto frame = place.slot->harvest()) {
            if (place.slot->frames().within_head()) blame_for_noise(worker, frame->head.task);
            take_answer(worker, *frame, now);
        }
        settle_answered(worker);
        return true;
    } catch (const std::bad_alloc&) {
        place.has_unread_frames = true; // perhaps: the pipe would not say so any more
        note_left(worker);
        return false;
    }
}

/// The pipe holds less than a head, and what was written before the answer to this task is all there: so it is no frame. If
/// the task is the only one that was run since the last answer, it is its doing.
void process_engine::blame_for_noise(std::size_t worker, std::uint64_t task) {
    record& place = records_[worker];
    task_entry* suspect = dispatcher_->running(worker);
    if (!std::exchange(place.is_noise_unclear, true) && !place.slot->is_between_answers() && suspect != nullptr && suspect->id == task) {
        static_cast<work_item*>(suspect)->has_damaged_pipe = true;
        place.reason = "it sent bytes that are not a frame through its result pipe";
    }
    dispatcher_->recycle(worker, clock::now());
}

/// The same up to a task that says that it runs.
void process_engine::harvest_before(std::size_t worker, std::uint64_t task) {
    const auto runs = [&] {
        const task_entry* first = dispatcher_->running(worker);
        return first == nullptr || first->id == task;
    };
    records_[worker].slot->look_into_page();
    for (const auto now = clock::now(); !runs();) {
        auto frame = records_[worker].slot->harvest();
        if (!frame) break;
        take_answer(worker, *frame, now);
    }
    settle_answered(worker);
}

/// After a write during which workers may have left answers. All of them but where there is no memory for them now.
void process_engine::harvest_left() {
    std::erase_if(left_, [this](std::size_t worker) {
        return harvest(worker) && (!records_[worker].slot || records_[worker].slot->took_left());
    });
}

void process_engine::note_left(std::size_t worker) noexcept {
    if (std::find(left_.begin(), left_.end(), worker) == left_.end()) left_.push_back(worker); // there is room for each
}

void process_engine::harvest_all() {
    for (std::size_t worker = 0; worker != records_.size(); ++worker) harvest(worker);
}

void process_engine::take_frame(std::size_t worker, wire::frame_in& frame, time_point now) {
    if (frame.head.kind() != frame_kind::progress) end_output_section(worker); // what it printed so far is its task's
    switch (frame.head.kind()) {
    case frame_kind::ready:
        records_[worker].was_ready = true;
        report(pool_event_kind::ready, worker);
        return dispatcher_->ready(worker, now, records_[worker].slot->channel().can_take_back());
    case frame_kind::init_failed: // one that is leaving may be of a pool that broke and was reset since
        if (!dispatcher_->leaving(worker)) initializer_failed(worker, frame);
        return;
    case frame_kind::limits_failed:
        if (!dispatcher_->leaving(worker)) limits_failed(frame);
        return;
    case frame_kind::progress: return take_progress(worker, frame);
    case frame_kind::value:
    case frame_kind::exception:
    case frame_kind::undecodable:
        return take_answer(worker, frame, now);
    default: return kill(worker, "it sent a frame of an unknown kind");
    }
}

void process_engine::take_answer(std::size_t worker, wire::frame_in& frame, time_point now) {
    const std::chrono::nanoseconds took(std::int64_t{frame.head.tag()} * 64);
    task_entry* entry = dispatcher_->answered(worker, frame.head.task, took, now);
    if (entry == nullptr) return pass_over(worker, frame.head);
    took_answers_ = true;
    records_[worker].answered_at = now;
    auto& item = static_cast<work_item&>(*entry);
    records_[worker].slot->answered(item.callable());
    if (task_entry* next = dispatcher_->running(worker)) // it began when this one ended, however late we hear of it
        static_cast<work_item*>(next)->begun_at = std::max(static_cast<work_item*>(next)->begun_at, item.begun_at + took);
    stats_.bytes_received += frame.head.length;
    count_attempt(item, frame.head.tag() == wire::max_tag ? std::chrono::nanoseconds(-1) : took, now);
    if (item.stopped != verdict::none || item.has_damaged_pipe) return end_badly(item, worker);
    store(item, worker, frame);
    ++(frame.head.kind() == frame_kind::value ? stats_.done : stats_.failed);
    resolve(item);
}

/// What it answered does not count.
void process_engine::end_badly(work_item& item, std::size_t worker) {
    try {
        if (item.stopped != verdict::none) end_stopped(item, "stopped when it was asked to");
        else fail_for_damage(item, records_[worker]);
    } catch (const std::bad_alloc&) { // no worker has it any more
        item.set_error(std::current_exception());
        ++stats_.failed;
        resolve(item);
    }
}

/// An answer that is not to the first task. It may have been found in the page before.
void process_engine::pass_over(std::size_t worker, const wire::frame_head& answer) {
    if (dispatcher_->dropping()) return;
    const bool is_repeated =
        records_[worker].slot->has_page() && answer.task < next_id_ && !dispatcher_->has(worker, answer.task);
    if (!is_repeated) kill(worker, "it answered a task that it was not given");
}

/// An attempt is over. Where the worker could not tell how long it took, the pool can.
void process_engine::count_attempt(const work_item& item, std::chrono::nanoseconds took, time_point now) {
    stats_.wait.add(item.begun_at - item.submitted_at);
    stats_.run.add(took.count() < 0 ? now - item.begun_at : took);
}

void process_engine::store(work_item& item, std::size_t worker, wire::frame_in& frame) {
    const pid_t pid = records_[worker].slot->process().pid();
    try {
        if (frame.large.empty()) item.set_answer(frame.head.kind(), pid, frame.body);
        else item.set_answer(frame.head.kind(), pid, std::move(frame.large));
    } catch (const std::bad_alloc&) {
        item.set_error(std::current_exception());
    }
}

void process_engine::take_progress(std::size_t worker, const wire::frame_in& frame) {
    harvest_before(worker, frame.head.task);
    task_entry* first = dispatcher_->running(worker);
    double fraction = 0;
    if (first == nullptr || first->id != frame.head.task || frame.bytes().size() != sizeof fraction) return;
    std::memcpy(&fraction, frame.bytes().data(), sizeof fraction);
    static_cast<work_item*>(first)->set_progress(fraction);
}

void process_engine::check_memory(std::size_t worker) {
    const std::uint64_t resident = os::resident_bytes(records_[worker].slot->process().pid());
    if (resident <= options_.max_rss_per_worker) return;
    records_[worker].reason = "its resident memory of " + std::to_string(resident) + " bytes is above max_rss_per_worker";
    dispatcher_->recycle(worker, clock::now());
}

void process_engine::initializer_failed(std::size_t worker, const wire::frame_in& frame) {
    std::string what = "an exception without a message";
    try {
        std::rethrow_exception(wire::decode_exception(frame.bytes(), {records_[worker].slot->process().pid(), "initializer"}));
    } catch (const std::exception& e) {
        what = e.what();
    }
    note_cause("the initializer threw: " + what);
    break_down("the initializer failed: " + what);
}

/// The same would happen to every other worker.
void process_engine::limits_failed(const wire::frame_in& frame) {
    const auto bytes = frame.bytes();
    const std::string what = "pool_options.limits cannot be set in a worker: " +
                             std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    note_cause(what);
    break_down(what);
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
#include <penstock/detail/completion_queue.hpp>

#include "future/lent_place.hpp"

#include <penstock/errors.hpp>

#include <string>
#include <utility>

namespace penstock::detail {

completion_queue::~completion_queue() {
    for (entry& each : waiting_) forget(each);
    for (entry& each : begun_) forget(each);
}

std::size_t completion_queue::watch(shared_state& state) {
    if (free_.empty()) {
        entry& made = free_.emplace_back();
        made.queue = this;
        made.place = places_++;
        made.self = free_.begin();
    }
    entry& added = free_.front();
    waiting_.splice(waiting_.end(), free_, added.self);
    added.state = state_ref<shared_state>::share(&state);
    added.has_begun = false;
    added.next = nullptr;
    ++watched_;
    ++visits_;
    if (!state.add_observer(added)) arrive(added);
    return added.place;
}

void completion_queue::arrive(entry& ready) noexcept {
    const std::lock_guard lock(mutex_);
    (first_ == nullptr ? first_ : last_->next) = &ready;
    last_ = &ready;
    arrived_.notify_one();
}

std::optional<std::size_t> completion_queue::next_until(clock::time_point limit) {
    std::unique_lock lock(mutex_);
    if (first_ == nullptr && !wait_for_arrival(lock, limit)) return std::nullopt;
    entry& ready = *std::exchange(first_, first_->next);
    lock.unlock();
    forget(ready);
    free_.splice(free_.begin(), ready.has_begun ? begun_ : waiting_, ready.self);
    ++reported_;
    return ready.place;
}

std::size_t completion_queue::next(clock::time_point limit) {
    if (const auto place = next_until(limit)) return *place;
    throw task_timeout("penstock: as_completed: the time was over when " + std::to_string(reported_) + " of " +
                       std::to_string(watched_) + " futures were complete");
}

/// Lets a stand-in run tasks of the pool whose worker this thread is, as the task that is waited for may be
/// among them.
bool completion_queue::wait_for_arrival(std::unique_lock<std::mutex>& lock, clock::time_point limit) {
    const auto any = [this] { return first_ != nullptr; };
    lock.unlock(); // the pool has locks of its own
    run_deferred_callbacks(); // what is waited for may wait for these
    const bool is_limited = limit != clock::time_point::max();
    if (is_limited && limit <= clock::now()) return lock.lock(), any();
    shared_state* const lender = step_aside();
    const lent_place place(lender, !begun_.empty() && begun_.front().state->runs_beside_me());
    while (!is_limited && place.is_lent()) {
        const bool alone = place.is_alone();
        if (alone) help_one();
        lock.lock();
        if (arrived_.wait_for(lock, place.longest_sleep(alone), any)) return true;
        lock.unlock();
    }
    lock.lock();
    if (is_limited) return arrived_.wait_until(lock, limit, any);
    arrived_.wait(lock, any);
    return true;
}

void completion_queue::help_one() {
    for (entry& each : waiting_)
        if (each.state->help()) return;
}

shared_state* completion_queue::step_aside() {
    while (!waiting_.empty()) {
        entry& oldest = waiting_.front();
        ++visits_;
        if (oldest.state->step_aside()) return oldest.state.get();
        oldest.has_begun = true;
        begun_.splice(begun_.end(), waiting_, oldest.self);
    }
    return nullptr;
}

/// After this the state neither is nor will be inside completed().
void completion_queue::forget(entry& known) noexcept {
    if (!known.state) return;
    ++visits_;
    known.state->remove_observer(known);
    known.state = {};
}

} // namespace penstock::detail

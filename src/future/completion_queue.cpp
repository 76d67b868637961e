// SPDX-License-Identifier: MIT
#include <penstock/detail/completion_queue.hpp>

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
class completion_queue::stand_in {
public:
    explicit stand_in(shared_state* state) noexcept : state_(state), here_(pool_thread::current()) {
        if (state_ == nullptr && here_ != nullptr) here_->block();
    }
    ~stand_in() {
        if (state_ != nullptr) state_->step_back();
        else if (here_ != nullptr) here_->unblock();
    }
    stand_in(const stand_in&) = delete;
    stand_in& operator=(const stand_in&) = delete;
    bool is_alone() const noexcept { return state_ != nullptr && here_->is_alone(); }

private:
    shared_state* state_;
    pool_thread* here_;
};

bool completion_queue::wait_for_arrival(std::unique_lock<std::mutex>& lock, clock::time_point limit) {
    const auto any = [this] { return first_ != nullptr; };
    lock.unlock(); // the pool has locks of its own
    run_deferred_callbacks(); // what is waited for may wait for these
    const bool is_over = limit != clock::time_point::max() && limit <= clock::now();
    const stand_in other(is_over ? nullptr : step_aside());
    if (limit == clock::time_point::max() && other.is_alone()) waiting_.front().state->help();
    lock.lock();
    if (is_over) return any();
    if (limit != clock::time_point::max()) return arrived_.wait_until(lock, limit, any);
    arrived_.wait(lock, any);
    return true;
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

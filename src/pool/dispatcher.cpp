// SPDX-License-Identifier: MIT
#include "pool/dispatcher.hpp"

#include <algorithm>
#include <utility>

namespace penstock::pool {

using namespace std::chrono_literals;

namespace {
constexpr auto work_ahead = 200us; // how much estimated work a worker may have at once
constexpr auto long_task = 1ms;    // nothing waits behind a task that has run for so long
} // namespace

dispatcher::dispatcher(fleet& workers, std::size_t count, std::size_t deepest)
    : fleet_(workers), workers_(count), restarts_(count), deepest_(deepest) {}

void dispatcher::start_all() {
    for (std::size_t number = 0; number != workers_.size(); ++number) {
        workers_[number].now = phase::starting;
        fleet_.start(number);
    }
}

void dispatcher::submit(task_entry& entry, time_point now) {
    entry.place = task_entry::queued;
    queue_.push_back(entry);
    give_idle(now);
}

bool dispatcher::cancel(task_entry& entry, time_point now) {
    if (entry.place >= 0) {
        const auto number = static_cast<std::size_t>(entry.place);
        recall(number, now);
        const bool caught = entry.place == task_entry::queued;
        if (caught) queue_.remove(entry), entry.place = task_entry::nowhere;
        settle(number, now);
        settle_idle(now);
        return caught;
    }
    if (entry.place != task_entry::queued) return false;
    queue_.remove(entry);
    entry.place = task_entry::nowhere;
    return true;
}

void dispatcher::ready(std::size_t worker, time_point now) {
    if (workers_[worker].now != phase::starting) return; // asked to leave meanwhile
    workers_[worker].now = phase::ready;
    restarts_.became_ready();
    settle(worker, now);
}

task_entry* dispatcher::answered(std::size_t worker, std::uint64_t id, nanoseconds took, time_point now) {
    worker_state& state = workers_[worker];
    task_entry* first = state.tasks.front();
    if (first == nullptr || first->id != id) return nullptr;
    state.tasks.remove(*first);
    first->place = task_entry::nowhere;
    state.first_since = now;
    if (took >= 0ns) learn(state, took);
    settle(worker, now);
    if (shutting_down_) settle_idle(now);
    return first;
}

task_entry* dispatcher::died(std::size_t worker, std::span<const std::uint64_t> unread, time_point now) {
    worker_state& state = workers_[worker];
    task_entry* lost = state.tasks.front();
    if (lost != nullptr) {
        if (std::find(unread.begin(), unread.end(), lost->id) != unread.end()) lost = nullptr;
        else state.tasks.remove(*lost), lost->place = task_entry::nowhere;
    }
    while (task_entry* unharmed = state.tasks.pop_back()) {
        unharmed->place = task_entry::queued;
        queue_.push_front(*unharmed);
    }
    forget_idle(worker);
    const bool was_ready = state.now == phase::ready;
    state.estimate = nanoseconds(-1);
    restart(worker, now, was_ready || state.now == phase::leaving);
    settle_idle(now);
    return lost;
}

void dispatcher::room(std::size_t worker, time_point now) {
    if (workers_[worker].now == phase::ready) give(worker, now);
}

void dispatcher::tick(time_point now) {
    for (std::size_t number = 0; number != workers_.size(); ++number) {
        worker_state& state = workers_[number];
        if (state.now == phase::waiting && now >= state.restart_at) {
            state.now = phase::starting;
            fleet_.start(number);
        } else if (state.tasks.size() > 1 && now - state.first_since >= long_task) {
            state.estimate = std::max<nanoseconds>(state.estimate, long_task);
            recall(number, now);
            settle(number, now);
        }
    }
    settle_idle(now); // what was taken back is theirs
}

std::optional<dispatcher::time_point> dispatcher::next_tick() const {
    std::optional<time_point> next;
    for (const worker_state& state : workers_) {
        std::optional<time_point> due;
        if (state.now == phase::waiting) due = state.restart_at;
        else if (state.tasks.size() > 1) due = std::max(state.first_since + long_task, recall_from_);
        if (due && (!next || *due < *next)) next = due;
    }
    return next;
}

void dispatcher::shut_down(shutdown_mode mode, time_point now) {
    shutting_down_ = true;
    if (mode != shutdown_mode::drain) abandoning_ = true;
    if (mode == shutdown_mode::kill) abandon_everything();
    for (std::size_t number = 0; number != workers_.size(); ++number) {
        if (mode == shutdown_mode::cancel_pending) recall(number, now);
        if (workers_[number].now == phase::waiting && may_leave()) workers_[number].now = phase::absent;
        else settle(number, now);
    }
    settle_idle(now);
}

void dispatcher::break_down() {
    broken_ = true;
    abandoning_ = true;
    abandon_everything();
}

task_entry* dispatcher::next_abandoned() {
    if (!abandoning_) return nullptr;
    task_entry* entry = queue_.pop_front();
    if (entry != nullptr) entry->place = task_entry::nowhere;
    return entry;
}

bool dispatcher::finished() const noexcept {
    return shutting_down_ && queue_.empty() &&
           std::all_of(workers_.begin(), workers_.end(), [](const worker_state& w) { return w.now == phase::absent; });
}

/// About 200 us of work, and no more than a fair share of the queue.
std::size_t dispatcher::depth(const worker_state& worker) const {
    if (worker.estimate < 0ns) return 1;
    const auto by_time = static_cast<std::size_t>(nanoseconds(work_ahead) / std::max<nanoseconds>(worker.estimate, 1us));
    const std::size_t share = 1 + queue_.size() / workers_.size();
    return std::clamp<std::size_t>(std::min(by_time, share), 1, deepest_);
}

void dispatcher::give(std::size_t number, time_point now) {
    if (abandoning_) return;
    const worker_state& state = workers_[number];
    const std::size_t limit = depth(state);
    while (has_work() && state.tasks.size() < limit && give_one(number, now)) {}
}

/// Moves the front of the queue to a worker; false when that must wait.
bool dispatcher::give_one(std::size_t number, time_point now) {
    worker_state& state = workers_[number];
    task_entry& entry = *queue_.front();
    const task_entry* first = state.tasks.front();
    if (first != nullptr && (entry.exclusive || first->exclusive)) return false;
    if (fleet_.send(number, entry) != fleet::sent::yes) return false;
    queue_.remove(entry);
    if (first == nullptr) state.first_since = now;
    state.tasks.push_back(entry);
    entry.place = static_cast<std::int32_t>(number);
    return true;
}

void dispatcher::give_idle(time_point now) {
    while (has_work() && !abandoning_ && !idle_.empty()) {
        const std::size_t number = idle_.back();
        if (!give_one(number, now)) return; // its pipe is full or it is dying: room() or died() comes
        idle_.pop_back();
    }
}

/// After anything changed at a worker: more work, rest, or leave.
void dispatcher::settle(std::size_t number, time_point now) {
    worker_state& state = workers_[number];
    if (state.now != phase::ready && state.now != phase::starting) return;
    if (state.now == phase::ready) give(number, now);
    forget_idle(number);
    if (!state.tasks.empty()) return;
    if (may_leave()) dismiss(number);
    else if (state.now == phase::ready) idle_.push_back(number);
}

/// Idle workers get what came back to the queue, or leave a pool in which nothing will come any more.
void dispatcher::settle_idle(time_point now) {
    give_idle(now);
    if (idle_.empty() || !may_leave()) return;
    for (const std::size_t number : std::exchange(idle_, {})) dismiss(number);
}

/// Whether a worker without a task may go: tasks behind another one at a worker may still come back to the queue.
bool dispatcher::may_leave() const {
    if (!shutting_down_ || abandoning_) return shutting_down_;
    return !has_work() &&
           std::none_of(workers_.begin(), workers_.end(), [](const worker_state& w) { return w.tasks.size() > 1; });
}

/// Puts what the worker has not begun back at the front of the queue, in its order.
void dispatcher::recall(std::size_t number, time_point now) {
    worker_state& state = workers_[number];
    if (state.tasks.empty()) return;
    const std::vector<std::uint64_t> ids = fleet_.take_back(number);
    for (std::size_t left = ids.size(); left != 0; --left) {
        task_entry* entry = state.tasks.front();
        while (entry != nullptr && entry->id != ids[left - 1]) entry = entry->next;
        if (entry == nullptr) continue; // abandoned meanwhile
        state.tasks.remove(*entry);
        entry->place = task_entry::queued;
        queue_.push_front(*entry);
    }
    recall_from_ = now + long_task;
}

void dispatcher::learn(worker_state& worker, nanoseconds took) {
    if (worker.estimate < 0ns || took > 4 * worker.estimate) worker.estimate = took;
    else worker.estimate = (3 * worker.estimate + took) / 4;
}

void dispatcher::restart(std::size_t number, time_point now, bool was_ready) {
    worker_state& state = workers_[number];
    state.now = phase::absent;
    if (broken_ || may_leave()) return;
    auto delay = std::optional<std::chrono::milliseconds>(0);
    if (!was_ready) delay = restarts_.died_before_ready(now);
    if (!delay) {
        budget_spent_ = true;
        return;
    }
    state.now = phase::waiting;
    state.restart_at = now + *delay;
}

void dispatcher::dismiss(std::size_t number) {
    workers_[number].now = phase::leaving;
    fleet_.dismiss(number);
}

void dispatcher::abandon_everything() {
    dropping_ = true;
    idle_.clear();
    for (std::size_t number = 0; number != workers_.size(); ++number) {
        worker_state& state = workers_[number];
        while (task_entry* entry = state.tasks.pop_back()) {
            entry->place = task_entry::queued;
            queue_.push_front(*entry);
        }
        if (state.now == phase::waiting) state.now = phase::absent;
        if (state.now == phase::absent) continue;
        state.now = phase::leaving;
        fleet_.kill(number);
    }
}

void dispatcher::forget_idle(std::size_t number) { idle_.erase(std::remove(idle_.begin(), idle_.end(), number), idle_.end()); }

} // namespace penstock::pool

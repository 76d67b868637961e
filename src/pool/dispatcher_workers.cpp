// SPDX-License-Identifier: MIT
// The life of workers: ready, answering, dying, replaced, let go.
#include "pool/dispatcher.hpp"

#include <algorithm>

namespace penstock::pool {

using namespace std::chrono_literals;
using step = stop_sequence::step;

namespace {
constexpr auto after_hang_up = 500ms; // a worker that closed its pipe is given this long to end by itself
} // namespace

void dispatcher::start_all(time_point now) {
    for (std::size_t number = 0; number != target_; ++number) start(number, now);
}

void dispatcher::start(std::size_t number, time_point now) {
    worker_state& state = workers_[number];
    state.now = phase::starting;
    state.recycling = state.parking = false;
    state.estimate = nanoseconds(-1);
    state.deaf_since = {};
    state.tasks_left = ~std::uint64_t{0};
    if (options_.max_tasks_per_worker != 0) { // jittered, or all workers would be replaced at once
        const std::uint64_t spread = options_.max_tasks_per_worker / 4;
        state.tasks_left = options_.max_tasks_per_worker - std::uniform_int_distribution<std::uint64_t>(0, spread)(random_);
    }
    state.stop.enter(step::starting, now, options_.start_timeout);
    fleet_.start(number);
}

void dispatcher::ready(std::size_t worker, time_point now, bool can_give_back) {
    worker_state& state = workers_[worker];
    if (state.now != phase::starting) return; // asked to leave meanwhile
    state.gives_back = can_give_back;
    state.now = phase::ready;
    state.stop.clear();
    restarts_.became_ready();
    settle(worker, now);
}

bool dispatcher::has(std::size_t worker, std::uint64_t id) const noexcept {
    const task_entry* entry = workers_[worker].tasks.front();
    while (entry != nullptr && entry->id != id) entry = entry->next;
    return entry != nullptr;
}

task_entry* dispatcher::answered(std::size_t worker, std::uint64_t id, nanoseconds took, time_point now) {
    worker_state& state = workers_[worker];
    task_entry* first = state.tasks.front();
    if (first == nullptr || first->id != id) return nullptr;
    state.tasks.remove(*first);
    first->place = task_entry::nowhere;
    if (took >= 0ns) state.learn(took);
    state.deaf_since = {};
    if (state.stop.now() == step::asked) state.stop.clear(); // a signal that is on its way would hit the next task
    begin_first(worker, now);
    if (--state.tasks_left == 0) state.recycling = true;
    return first;
}

void dispatcher::settle_answered(std::size_t worker, time_point now) {
    const worker_state& state = workers_[worker];
    // Its tasks are longer than was thought.
    if (state.tasks.size() > 2 * deepest(state) && now >= state.recall_from) recall(worker, now);
    settle(worker, now);
    settle_idle(now);
}

task_entry* dispatcher::died(std::size_t worker, std::span<const std::uint64_t> unread, time_point now) {
    worker_state& state = workers_[worker];
    task_entry* lost = state.tasks.front();
    if (lost != nullptr) {
        if (std::find(unread.begin(), unread.end(), lost->id) != unread.end()) lost = nullptr;
        else state.tasks.remove(*lost), lost->place = task_entry::nowhere;
    }
    while (task_entry* unharmed = state.tasks.pop_back()) requeue(*unharmed);
    state.first_since = now;
    state.stop.clear();
    forget_idle(worker);
    restart(worker, now, state.now);
    settle_idle(now);
    return lost;
}

void dispatcher::room(std::size_t worker, time_point now) { settle(worker, now); }

void dispatcher::hung_up(std::size_t worker, time_point now) {
    worker_state& state = workers_[worker];
    if (state.now == phase::leaving) return; // it was told to, and has its own time
    if (state.stop.now() != step::killed) state.stop.enter(step::hung_up, now, after_hang_up);
    forget_idle(worker);
}

void dispatcher::recycle(std::size_t worker, time_point now) {
    worker_state& state = workers_[worker];
    if (state.now != phase::ready || state.recycling) return;
    state.recycling = true;
    recall(worker, now);
    settle(worker, now);
    settle_idle(now);
}

/// A process is gone; is there to be another one, and when?
void dispatcher::restart(std::size_t number, time_point now, phase before) {
    worker_state& state = workers_[number];
    const bool park = std::exchange(state.parking, false);
    state.recycling = false;
    state.now = phase::absent;
    if (broken_ || !needed(number)) return;
    if (park && !shutting_down_ && state.pinned.empty() && queue_.empty()) {
        state.now = phase::parked;
        return;
    }
    auto delay = std::optional<nanoseconds>(0);
    if (before == phase::starting) delay = restarts_.died_before_ready(now, std::uniform_real_distribution<>(0, 1)(random_));
    if (!delay) {
        budget_spent_ = true;
        return;
    }
    state.now = phase::waiting;
    state.restart_at = now + *delay;
}

/// Whether there should be a process in this place at all. In a pool that drains, tasks that wait behind another one at
/// some worker may still come back to the queue.
bool dispatcher::needed(std::size_t number) const {
    if (!shutting_down_) return number < target_ || !workers_[number].pinned.empty();
    if (abandoning_) return false;
    return has_work() || !workers_[number].pinned.empty() ||
           std::any_of(workers_.begin(), workers_.end(), [](const worker_state& worker) { return worker.tasks.size() > 1; });
}

bool dispatcher::should_leave(std::size_t number) const {
    return workers_[number].recycling || workers_[number].tasks_left == 0 || !needed(number);
}

let_go_reason dispatcher::why_leaving(const worker_state& worker) {
    if (worker.recycling || worker.tasks_left == 0) return let_go_reason::recycled;
    return worker.parking ? let_go_reason::idle : let_go_reason::surplus;
}

void dispatcher::dismiss(std::size_t number, time_point now) {
    worker_state& state = workers_[number];
    if (!shutting_down_) fleet_.let_go(number, why_leaving(state));
    state.now = phase::leaving;
    forget_idle(number);
    state.stop.enter(step::asked, now, options_.grace);
    fleet_.say_bye(number);
}

void dispatcher::resize(std::size_t workers, time_point now) {
    target_ = workers;
    restarts_.set_workers(workers);
    idle_.reserve(workers);
    if (workers_.size() < workers) workers_.resize(workers);
    for (std::size_t number = 0; number != workers_.size(); ++number) {
        worker_state& state = workers_[number];
        if (number < target_ && state.now == phase::absent && accepting()) start(number, now);
        if (number < target_) continue;
        if ((state.now == phase::waiting || state.now == phase::parked) && !needed(number)) state.now = phase::absent;
        recall(number, now);
        settle(number, now);
    }
    settle_idle(now);
}

void dispatcher::shut_down(shutdown_mode mode, time_point now) {
    shutting_down_ = true;
    if (mode != shutdown_mode::drain) abandoning_ = true;
    if (mode == shutdown_mode::kill) abandon_everything();
    for (std::size_t number = 0; number != workers_.size(); ++number) {
        if (mode == shutdown_mode::cancel_pending) recall(number, now);
        worker_state& state = workers_[number];
        if (state.now == phase::parked || (state.now == phase::waiting && !needed(number))) state.now = phase::absent;
        else settle(number, now);
    }
    keep_one(now);
    settle_idle(now);
}

/// In a pool that drains, the last worker may be gone when there is work again: a task that waits for another attempt.
void dispatcher::keep_one(time_point now) {
    if (!shutting_down_ || abandoning_ || !has_work()) return;
    const auto is_there = [](const worker_state& worker) { return worker.now != phase::absent; };
    if (std::none_of(workers_.begin(), workers_.end(), is_there)) start(0, now);
}

void dispatcher::break_down() {
    broken_ = true;
    abandoning_ = true;
    abandon_everything();
}

void dispatcher::reset(time_point now) {
    if (!broken_ || shutting_down_) return;
    broken_ = abandoning_ = dropping_ = budget_spent_ = false;
    restarts_ = restart_policy(target_, options_.restart);
    for (std::size_t number = 0; number != target_; ++number)
        if (workers_[number].now == phase::absent) start(number, now); // one that is still leaving is restarted when gone
}

task_entry* dispatcher::next_abandoned() {
    if (!abandoning_) return nullptr;
    task_entry* entry = queue_.pop_front();
    for (std::size_t number = 0; entry == nullptr && number != workers_.size(); ++number)
        entry = workers_[number].pinned.pop_front();
    if (entry == nullptr && !delayed_.empty()) {
        entry = delayed_.back().entry;
        delayed_.pop_back();
    }
    if (entry != nullptr) entry->place = task_entry::nowhere;
    return entry;
}

bool dispatcher::finished() const noexcept {
    return shutting_down_ && !has_work() && std::all_of(workers_.begin(), workers_.end(), [](const worker_state& worker) {
               return worker.now == phase::absent && worker.pinned.empty();
           });
}

void dispatcher::abandon_everything() {
    dropping_ = true;
    idle_.clear();
    for (std::size_t number = 0; number != workers_.size(); ++number) {
        worker_state& state = workers_[number];
        while (task_entry* entry = state.tasks.pop_back()) requeue(*entry);
        if (state.now == phase::waiting || state.now == phase::parked) state.now = phase::absent;
        if (state.now == phase::absent) continue;
        state.now = phase::leaving;
        state.stop.enter(step::killed, {}, nanoseconds::max());
        fleet_.kill(number, {});
    }
}

} // namespace penstock::pool

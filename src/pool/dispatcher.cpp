// SPDX-License-Identifier: MIT
// Giving tasks to workers, and taking them back.
#include "pool/dispatcher.hpp"

#include <algorithm>
#include <utility>

namespace penstock::pool {

using namespace std::chrono_literals;

namespace {
constexpr auto packet_work = 200us;      // how much estimated work travels at once
constexpr std::size_t packets_ahead = 4; // how many packets of several tasks a worker may have
constexpr std::size_t feed_every = 64;   // tasks; busy workers are not looked at for each
constexpr auto worth_moving = 200us;     // so much work, by the estimate, is moved from one worker to another
constexpr auto worth_waking = 20us;    // so much work is worth waking a worker for, while another one is at work
constexpr auto long_task = 1ms;    // nothing waits behind a task that has run for so long
constexpr auto old_deafness = 1s;  // a worker that took no task in time so long ago may have been slow only then
} // namespace

dispatcher::dispatcher(fleet& workers, const dispatcher_options& options)
    : fleet_(workers), options_(options), workers_(options.workers), target_(options.workers), restarts_(options.workers, options.restart),
      random_(options.seed) {
    idle_.reserve(options.workers); // a worker must not be forgotten for want of memory
}

void dispatcher::submit(task_entry& entry, time_point now) {
    entry.place = task_entry::queued;
    if (entry.only >= 0) {
        const auto number = static_cast<std::size_t>(entry.only);
        workers_[number].pinned.push_back(entry);
        // Absent is one that a resize took away after the task was meant for it.
        if (workers_[number].now == phase::parked || workers_[number].now == phase::absent) start(number, now);
        settle(number, now);
        return;
    }
    queue_.push_back(entry);
    give_idle(now);
    feed_busy(now);
    wake_parked(now);
}

void dispatcher::retry(task_entry& entry, time_point when, time_point now) {
    entry.stopped = verdict::none;
    if (when <= now) {
        submit(entry, now);
    } else {
        entry.place = task_entry::delayed;
        delayed_.push_back({when, &entry});
    }
    keep_one(now);
}

std::size_t dispatcher::not_running() const noexcept {
    std::size_t sum = queued();
    for (const worker_state& worker : workers_)
        sum += worker.pinned.size() + (worker.tasks.empty() ? 0 : worker.tasks.size() - 1);
    return sum;
}

bool dispatcher::cancel(task_entry& entry, time_point now) {
    if (entry.place >= 0) {
        const auto number = static_cast<std::size_t>(entry.place);
        recall(number, now);
        const bool caught = entry.place == task_entry::queued;
        if (caught) remove_waiting(entry);
        settle(number, now);
        settle_idle(now);
        return caught;
    }
    if (entry.place == task_entry::nowhere) return false;
    remove_waiting(entry);
    settle_idle(now); // in a pool that drains it may have been what they waited for
    return true;
}

void dispatcher::remove_waiting(task_entry& entry) {
    if (entry.place == task_entry::delayed) std::erase_if(delayed_, [&](const delayed_task& d) { return d.entry == &entry; });
    else if (entry.only >= 0) workers_[static_cast<std::size_t>(entry.only)].pinned.remove(entry);
    else queue_.remove(entry);
    entry.place = task_entry::nowhere;
}

bool dispatcher::stop_running(task_entry& entry, verdict why, time_point now) {
    if (entry.place < 0) return false;
    const auto number = static_cast<std::size_t>(entry.place);
    worker_state& state = workers_[number];
    if (entry.stopped != verdict::none) { // on its way already; one that was cancelled is not tried again
        if (why == verdict::cancelled) entry.stopped = why;
        return true;
    }
    entry.stopped = why;
    recall(number, now); // what is behind it need not wait for the end, and it may not have begun
    if (entry.place == task_entry::queued) { // it had not begun after all: the caller cancels it, or it runs later
        entry.stopped = verdict::none;
        settle_idle(now); // elsewhere, if possible
        settle(number, now);
        return false;
    }
    if (state.tasks.front() == &entry) ask_to_stop(number, now);
    settle_idle(now);
    return true;
}

/// Asks the first task of a worker. One that was to be stopped while others were before it is asked once it is the first.
void dispatcher::ask_to_stop(std::size_t number, time_point now) {
    worker_state& state = workers_[number];
    state.stop.enter(stop_sequence::step::asked, now, options_.grace);
    fleet_.request_stop(number, *state.tasks.front());
}

std::size_t dispatcher::tasks_a_packet(const worker_state& worker) const {
    if (worker.estimate < 0ns) return 1;
    const auto by_time = static_cast<std::size_t>(nanoseconds(packet_work) / std::max<nanoseconds>(worker.estimate, 1us));
    return std::clamp<std::size_t>(by_time, 1, options_.packet);
}

/// About 200 us of work, or a few packets of it.
std::size_t dispatcher::deepest(const worker_state& worker) const {
    if (worker.estimate < 0ns || !worker.gives_back) return 1;
    const auto ahead = nanoseconds(packet_work) * (options_.packet > 1 ? packets_ahead : 1);
    const auto by_time = static_cast<std::size_t>(ahead / std::max<nanoseconds>(worker.estimate, 1us));
    return std::clamp<std::size_t>(by_time, 1, options_.deepest);
}

/// How many tasks are worth waking a worker for.
std::size_t dispatcher::company(const worker_state& worker) const {
    if (worker.estimate < 0ns || options_.packet == 1) return 1;
    const auto by_time = static_cast<std::size_t>(nanoseconds(worth_waking) / std::max<nanoseconds>(worker.estimate, 100ns));
    return std::clamp<std::size_t>(by_time, 1, options_.packet);
}

/// Short tasks, while the worker that was given some last is about to answer: it takes them then, if no other has.
bool dispatcher::waits_for_company(time_point now) const {
    const worker_state& busy = workers_[last_fed_];
    if (busy.tasks.empty() || busy.now != phase::ready || busy.recycling || busy.stop.active()) return false;
    const task_entry& next = *queue_.front();
    return queue_.size() < company(busy) && now < busy.first_since + long_task && next.priority != task_priority::high && !next.exclusive;
}

/// No more than a fair share of the queue, if that is worth the way, and no more than it may still run.
std::size_t dispatcher::depth(const worker_state& worker) const {
    const std::size_t share = std::max(1 + queue_.size() / workers_.size(), company(worker));
    return static_cast<std::size_t>(std::min<std::uint64_t>(std::min(deepest(worker), share), worker.tasks_left));
}

void dispatcher::give(std::size_t number, time_point now) {
    if (abandoning_) return;
    worker_state& state = workers_[number];
    const std::size_t limit = depth(state);
    const std::size_t packet = tasks_a_packet(state);
    const auto give_next = [&](task_entry& entry, std::size_t given) {
        if (state.tasks.size() >= limit || !give_one(number, entry, now)) return false;
        if ((given + 1) % packet == 0) fleet_.flush(number);
        return true;
    };
    std::size_t given = 0;
    while (!state.pinned.empty() && give_next(*state.pinned.front(), given)) ++given;
    while (!queue_.empty() && !should_leave(number) && give_next(*queue_.front(), given)) ++given;
    if (given % packet != 0) fleet_.flush(number);
}

/// Where much waits, workers get more before they have run out of work.
void dispatcher::feed_busy(time_point now) {
    if (options_.packet == 1 || queue_.size() % feed_every != 0 || queue_.empty()) return;
    for (std::size_t number = 0; number != workers_.size() && !queue_.empty(); ++number) {
        const worker_state& state = workers_[number];
        if (state.now == phase::ready && !state.stop.active() && 2 * state.tasks.size() < depth(state)) give(number, now);
    }
}

/// Moves the front of the queue, or of what is kept for this worker, to the worker; false when that must wait.
bool dispatcher::give_one(std::size_t number, task_entry& entry, time_point now) {
    worker_state& state = workers_[number];
    const task_entry* first = state.tasks.front();
    if (first != nullptr && (entry.exclusive || first->exclusive)) return false;
    const fleet::sent outcome = fleet_.send(number, entry, now);
    if (outcome == fleet::sent::failed) state.stop.enter(stop_sequence::step::killed, now, nanoseconds::max());
    if (outcome != fleet::sent::yes) return false;
    if (entry.only >= 0) state.pinned.remove(entry);
    else queue_.take(entry);
    state.tasks.push_back(entry);
    entry.place = static_cast<std::int32_t>(number);
    last_fed_ = number;
    if (first == nullptr) begin_first(number, now);
    return true;
}

void dispatcher::give_idle(time_point now, gathering more) {
    while (!queue_.empty() && !abandoning_ && !idle_.empty()) {
        if (more == gathering::allowed && waits_for_company(now)) return;
        const std::size_t number = idle_.back();
        idle_.pop_back();
        give(number, now); // where its pipe is full or it is dying, room() or died() comes
    }
}

/// Workers with nothing to do get of what waits at the busiest one, where that is worth the way.
void dispatcher::balance(time_point now) {
    if (idle_.empty() || !queue_.empty() || abandoning_) return;
    std::size_t busiest = 0;
    nanoseconds most{0};
    for (std::size_t number = 0; number != workers_.size(); ++number) {
        const nanoseconds work = workers_[number].work_waiting();
        if (work <= most || now < workers_[number].recall_from) continue;
        busiest = number;
        most = work;
    }
    if (most < worth_moving) return;
    recall(busiest, now);
    for (const std::size_t number : std::vector<std::size_t>(idle_)) settle(number, now);
    settle(busiest, now);
}

/// Idle workers get what came back to the queue, or leave a pool in which nothing will come any more.
void dispatcher::settle_idle(time_point now) {
    if (idle_.empty()) return;
    give_idle(now);
    balance(now);
    if (!shutting_down_ || idle_.empty() || needed(idle_.front())) return;
    for (const std::size_t number : std::vector<std::size_t>(idle_)) settle(number, now);
}

/// After anything changed at a worker: more work, rest, or leave.
void dispatcher::settle(std::size_t number, time_point now) {
    worker_state& state = workers_[number];
    if (state.now != phase::ready && state.now != phase::starting) return;
    const bool leaving = should_leave(number);
    if (state.now == phase::ready && !state.stop.active() && (!leaving || !state.pinned.empty())) give(number, now);
    forget_idle(number);
    if (!state.tasks.empty()) return;
    if (leaving && (state.pinned.empty() || abandoning_ || state.recycling)) return dismiss(number, now);
    if (state.now != phase::ready || state.stop.active()) return;
    state.idle_since = now;
    idle_.push_back(number);
}

/// Puts what the worker has not begun back at the front of the queue, in its order.
void dispatcher::recall(std::size_t number, time_point now) {
    worker_state& state = workers_[number];
    state.recall_from = now + long_task;
    if (state.tasks.empty()) return;
    std::vector<std::uint64_t> ids = fleet_.take_back(number);
    std::sort(ids.begin(), ids.end()); // a worker that was reading meanwhile may have a packet from between them
    const task_entry* first = state.tasks.front();
    for (task_entry* entry = state.tasks.back(); entry != nullptr && !ids.empty();) {
        task_entry& last = *std::exchange(entry, entry->previous);
        if (!std::binary_search(ids.begin(), ids.end(), last.id)) continue;
        state.tasks.remove(last);
        requeue(last);
    }
    if (state.tasks.front() != first) begin_first(number, now);
}

/// A task has become the first of its worker: its time begins. From here on, not only from the next tick, a gap between
/// ticks is a freeze.
void dispatcher::begin_first(std::size_t number, time_point now) {
    worker_state& state = workers_[number];
    if (now - state.expired_at > old_deafness) state.deaf_since = {};
    state.first_since = now;
    const task_entry* first = state.tasks.front();
    if (first != nullptr && first->stopped != verdict::none && !state.stop.active()) ask_to_stop(number, now);
    if (beating_ || state.first_due() == time_point::max()) return;
    beating_ = true;
    last_tick_ = now;
}

void dispatcher::requeue(task_entry& entry) {
    entry.place = task_entry::queued;
    // One that was said to be cancelled is asked to stop as soon as it runs.
    if (entry.stopped != verdict::cancelled) entry.stopped = verdict::none;
    if (entry.only >= 0) workers_[static_cast<std::size_t>(entry.only)].pinned.push_front(entry);
    else queue_.push_front(entry);
}

/// One more worker for one more task, as long as there are any at rest.
void dispatcher::wake_parked(time_point now) {
    if (queue_.empty() || abandoning_ || options_.idle_timeout <= 0ns) return;
    for (std::size_t number = 0; number != target_; ++number)
        if (workers_[number].now == phase::parked) return start(number, now);
}

void dispatcher::forget_idle(std::size_t number) { std::erase(idle_, number); }

} // namespace penstock::pool

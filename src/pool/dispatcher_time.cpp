// SPDX-License-Identifier: MIT
// What is due when.
#include "pool/dispatcher.hpp"

#include <algorithm>

namespace penstock::pool {

using namespace std::chrono_literals;
using step = stop_sequence::step;

namespace {
constexpr auto long_task = 1ms;   // nothing waits behind a task that has run for so long
constexpr auto heartbeat = 100ms; // how often the time is looked at while a deadline is running
constexpr auto least_deafness = 1s; // so long, or for the grace, a worker may leave tasks untaken beyond their deadlines
constexpr auto hiccup = 400ms;    // a longer gap in the heartbeat was a freeze of the whole process
} // namespace

void dispatcher::tick(time_point now) {
    forgive_freeze(now);
    release_delayed(now);
    for (std::size_t number = 0; number != workers_.size(); ++number) check_worker(number, now);
    settle_idle(now); // what was taken back is theirs
    beating_ = has_deadlines();
}

void dispatcher::check_worker(std::size_t number, time_point now) {
    worker_state& state = workers_[number];
    if (state.now == phase::waiting && now >= state.restart_at) {
        if (needed(number)) start(number, now);
        else state.now = phase::absent;
        return;
    }
    if (now >= state.first_due()) expire(number, now);
    take_step(number, now);
    if (state.tasks.size() > 1 && now >= std::max(state.first_since + long_task, state.recall_from)) {
        state.estimate = std::max<nanoseconds>(state.estimate, long_task);
        recall(number, now);
        settle(number, now);
    }
    if (may_rest(state) && now - state.idle_since >= options_.idle_timeout) {
        state.parking = true;
        dismiss(number, now);
    }
}

/// The time of the first task is up. If the worker has not taken it as yet, it did not run at all: another one gets it,
/// or this one again, unless it stays deaf (stopped by a signal, most likely): then it is beyond use.
void dispatcher::expire(std::size_t number, time_point now) {
    worker_state& state = workers_[number];
    state.expired_at = now;
    if (stop_running(*state.tasks.front(), verdict::timed_out, now)) return;
    if (state.deaf_since == time_point{}) state.deaf_since = now;
    if (now - state.deaf_since < std::max<nanoseconds>(options_.grace, least_deafness)) return;
    recall(number, now);
    state.stop.enter(step::killed, now, nanoseconds::max());
    forget_idle(number);
    fleet_.kill(number, "it did not take the task that was sent to it");
    settle_idle(now);
}

void dispatcher::take_step(std::size_t number, time_point now) {
    stop_sequence& stop = workers_[number].stop;
    const step before = stop.now();
    switch (stop.advance(now, options_.grace)) {
    case step::terminated: return fleet_.terminate(number);
    case step::killed:
        if (before == step::starting) return fleet_.kill(number, "it was not ready within pool_options.start_timeout");
        if (before == step::hung_up) return fleet_.kill(number, "the worker closed its result pipe");
        return fleet_.kill(number, "it did not end when it was asked to");
    default: return;
    }
}

/// In a pool that drains nobody goes to rest: whoever is left is needed.
bool dispatcher::may_rest(const worker_state& worker) const {
    return options_.idle_timeout > 0ns && !shutting_down_ && worker.now == phase::ready && worker.tasks.empty() && !worker.stop.active();
}

void dispatcher::release_delayed(time_point now) {
    for (std::size_t at = 0; at < delayed_.size();) {
        if (now < delayed_[at].when) {
            ++at;
            continue;
        }
        task_entry* entry = delayed_[at].entry;
        delayed_.erase(delayed_.begin() + static_cast<std::ptrdiff_t>(at));
        submit(*entry, now);
    }
}

/// Time in which the whole group was stopped (a frozen container, SIGSTOP) counts for no deadline.
void dispatcher::forgive_freeze(time_point now) {
    const time_point before = std::exchange(last_tick_, now);
    if (!beating_ || now - before <= heartbeat + hiccup) return;
    const nanoseconds frozen = now - before - heartbeat;
    for (worker_state& state : workers_) {
        state.first_since += frozen;
        if (state.deaf_since != time_point{}) state.deaf_since += frozen;
        if (state.expired_at != time_point{}) state.expired_at += frozen;
        state.stop.postpone(frozen);
    }
}

bool dispatcher::has_deadlines() const {
    return std::any_of(workers_.begin(), workers_.end(), [](const worker_state& state) {
        return state.first_due() != time_point::max() || state.stop.due().has_value();
    });
}

std::optional<dispatcher::time_point> dispatcher::next_tick() const {
    std::optional<time_point> next;
    const auto consider = [&next](time_point due) {
        if (!next || due < *next) next = due;
    };
    for (const worker_state& state : workers_) {
        if (state.now == phase::waiting) consider(state.restart_at);
        if (state.tasks.size() > 1) consider(std::max(state.first_since + long_task, state.recall_from));
        if (state.first_due() != time_point::max()) consider(state.first_due());
        if (const auto due = state.stop.due()) consider(*due);
        if (may_rest(state)) consider(state.idle_since + options_.idle_timeout);
    }
    if (is_gathering()) consider(workers_[last_fed_].first_since + long_task);
    for (const delayed_task& waiting : delayed_) consider(waiting.when);
    if (next && has_deadlines()) consider(last_tick_ + heartbeat);
    return next;
}

} // namespace penstock::pool

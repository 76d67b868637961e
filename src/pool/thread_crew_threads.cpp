// SPDX-License-Identifier: MIT
// How many threads a thread pool has: as many as there is work for, up to what was asked for.
#include "pool/thread_crew.hpp"

#include <penstock/errors.hpp>

#include <algorithm>
#include <exception>
#include <string>
#include <system_error>

namespace penstock::pool {

namespace {

using clock = std::chrono::steady_clock;
constexpr unsigned refusals_at_once = 8; // from then on it is not asked at each submit
constexpr auto time_between_refusals = std::chrono::milliseconds(1);

} // namespace

void thread_crew::start() {
    if (!options_.initializer) return;
    std::unique_lock lock(mutex_);
    try {
        while (active_ < wanted_) add_worker();
    } catch (const std::exception& refused) {
        const std::string what = "penstock: only " + std::to_string(active_) + " of " + std::to_string(wanted_) +
                                 " worker threads could be started; ask for fewer, or raise the limits";
        lock.unlock();
        shut_down(shutdown_mode::drain);
        const auto* reason = dynamic_cast<const std::system_error*>(&refused);
        if (reason == nullptr) throw;
        throw std::system_error(reason->code(), what);
    }
    started_ = true;
}

/// Without a single thread there is no pool, so the one who submits hears of it. Of all others he does not.
void thread_crew::start_first() {
    const std::lock_guard lock(mutex_);
    if (started_ || closed_) return;
    if (active_ + resting_ == 0) {
        search_ = 1; // the task that is to be submitted needs no second one
        try {
            add_worker();
        } catch (...) {
            search_ = 0;
            throw;
        }
    }
    started_ = true;
}

/// One that has no thread.
thread_worker& thread_crew::vacancy() {
    if (vacant_ != nullptr) return *vacant_;
    worker& added = workers_.emplace_back(*this);
    added.next = newest_.load(std::memory_order_relaxed);
    newest_.store(&added, std::memory_order_release); // before it begins
    return *(vacant_ = &added);
}

void thread_crew::add_worker() {
    worker& added = vacancy();
    added.initialized = added.gone = added.leaving = false;
    added.heard = 0;
    calls_.forget(added);
    added.thread = std::thread([self = shared_from_this(), me = &added] { self->work(*me); });
    vacant_ = std::exchange(added.next_vacant, nullptr);
    added.active = true;
    refusals_ = 0;
    refused_until_ = {};
    ++active_;
    count_missing();
}

void thread_crew::count_missing() noexcept {
    const bool called = !calls_.empty();
    std::size_t allowed = stand_ins() + (called ? std::max(workers(), calls_.workers()) : workers());
    // Whoever is blocked may wait for one that has a stand-in, which waits for a task that nobody runs yet.
    if (called) allowed += blocked_ + blocked_elsewhere_;
    else if (stand_ins() != 0 && shared_.has_urgent()) allowed += blocked_;
    if (lends_ != 0) allowed = std::max(allowed, stand_ins() + blocked_ + 1); // nobody knows which: one is awake
    if (paused_) allowed = 0;
    missing_.store(static_cast<int>(allowed) - static_cast<int>(active_));
}

/// Who rests is active from here on, so that it need not ask again when it wakes up.
bool thread_crew::call_resting() noexcept {
    if (resting_ == 0 || missing_ <= 0) return false;
    --resting_;
    ++active_;
    ++called_;
    count_missing();
    needed_.notify_one();
    return true;
}

/// search_ is 1, for the thread that comes.
void thread_crew::bring_worker() noexcept {
    std::unique_lock lock(mutex_);
    const auto came = try_to_bring();
    if (came == arrival::came) return;
    lock.unlock();
    const bool nobody = came == arrival::nobody_is_left;
    if (nobody) fail_stranded(); // search_ is 1 meanwhile, so that nobody comes here again for each of them
    search_ = 0;
    const bool changed = nobody || sleepers_.load() != 0 || (came == arrival::not_needed && missing_.load() > 0);
    if (changed && work_is_waiting()) signal(); // for who has submitted, gone to sleep or stepped aside meanwhile
}

/// Holds mutex_.
thread_crew::arrival thread_crew::try_to_bring() noexcept {
    if (abandoning_ || ended_) return arrival::not_tried;
    count_missing(); // what was urgent may have begun
    if (missing_ <= 0) return arrival::not_needed;
    if (call_resting()) return arrival::came;
    const auto now = clock::now();
    const bool nobody = active_ + resting_ == 0;
    if (now < refused_until_ && !nobody) return arrival::not_tried;
    try {
        add_worker();
        return arrival::came;
    } catch (const std::exception&) { // out of threads or memory: those that are there carry on
        if (++refusals_ >= refusals_at_once) refused_until_ = now + time_between_refusals;
        return nobody ? arrival::nobody_is_left : arrival::refused;
    }
}

void thread_crew::replace_lost_worker(worker& me) noexcept {
    leave_work(me);
    arrival next = arrival::not_tried;
    {
        const std::lock_guard lock(mutex_);
        if (me.thread.joinable()) me.thread.detach(); // nobody would join it before the pool ends; it owns a share of the crew
        if (over() && !work_is_waiting() && calls_.empty()) return; // and perhaps nobody is left to join it
        if (surplus_ != 0 && active_ + resting_ >= workers() + stand_ins()) --surplus_; // resize wanted less of them
        else me.counts.replace();                                                       // by us, or by who submits
        if (missing_ <= 0) return;
        refused_until_ = {};
        next = try_to_bring();
    }
    if (next == arrival::nobody_is_left) return fail_stranded();
    signal();
    bring_for_calls();
}

/// Holds mutex_.
void thread_crew::start_missing() noexcept try {
    while (options_.initializer && !broken_ && !closed_ && missing_ > 0) add_worker();
} catch (const std::exception&) { // out of threads or memory: those that are there carry on
}

/// Threads that are too many end when they have nothing to do. Those that are too few start when there is work, or, with an
/// initializer, at once.
void thread_crew::resize(std::size_t workers) {
    std::thread ended;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) throw pool_closed("penstock: this thread pool was shut down and cannot be resized");
        ended = take_ended();
        wanted_ = workers;
        const std::size_t threads = active_ + resting_;
        surplus_ = threads - std::min(threads, workers + stand_ins());
        count_missing();
        while (call_resting()) {
        }
        needed_.notify_all();
        start_missing();
    }
    wake_all();
    if (work_is_waiting()) signal(); // for the new ones
    if (ended.joinable()) ended.join();
}

void thread_crew::pause() {
    const std::lock_guard lock(mutex_);
    paused_ = !closed_;
    count_missing();
}

void thread_crew::resume() {
    {
        const std::lock_guard lock(mutex_);
        paused_ = false;
        count_missing();
        while (call_resting()) {
        }
        start_missing();
    }
    signal(); // where threads are still to be started
    bring_for_calls();
}

/// One of those that resize made too many; not joinable where there is none. Each that ends joins the one before, so that
/// the stack of one is left at most.
std::thread thread_crew::take_ended() noexcept {
    for (worker& each : workers_) {
        if (!each.gone || !each.thread.joinable()) continue;
        each.next_vacant = std::exchange(vacant_, &each);
        return std::move(each.thread);
    }
    return {};
}

std::vector<std::thread> thread_crew::take_threads() {
    std::vector<std::thread> ending;
    ended_ = true;
    needed_.notify_all();
    for (worker& each : workers_) {
        if (!each.thread.joinable()) continue;
        if (each.leaving) each.thread.detach(); // it owns a share of the crew, and ends by itself
        else ending.push_back(std::move(each.thread));
    }
    return ending;
}

} // namespace penstock::pool

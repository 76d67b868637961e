// SPDX-License-Identifier: MIT
// How a thread in get() gets its answer itself: the I/O thread would have to be woken for it, and to wake this one. The
// calling thread.
#include "pool/process_engine.hpp"

#include "os/spin_pause.hpp"
#include "pool/lock_soon.hpp"

#include <algorithm>

namespace penstock::pool {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto hot = 100us;         // a worker that answered so lately has not gone to sleep
constexpr auto longest_spin = 50us; // more, and sleeping would have cost less
constexpr unsigned most_misses = 6;

} // namespace

/// Under the lock: where the answer will be; empty where nobody can see it.
std::optional<worker_slot::awaited_answer> process_engine::find_answer(const work_item& item) const {
    if (!boot_.spins || item.place < 0) return std::nullopt;
    const record& place = records_[static_cast<std::size_t>(item.place)];
    return place.slot ? place.slot->find_answer(item.id) : std::nullopt;
}

/// Where its worker answers again and again, as it has not slept since, the answer is nearer than a sleep.
bool process_engine::is_soon(const work_item& item, time_point now) {
    if (spins_to_skip_ != 0 && spins_to_skip_-- != 0) return false;
    return now - records_[static_cast<std::size_t>(item.place)].answered_at <= hot;
}

/// Without the lock. True when it is there. On a busy machine the worker may not be running at all.
bool process_engine::look_for_answer(work_item& item, worker_slot::awaited_answer& answer) {
    answer.page.watch(wire::claim_page::watcher::looking);
    const auto began = clock::now();
    for (auto now = began; now < began + longest_spin; now = clock::now()) {
        if (item.ready() || answer.is_there()) return true;
        os::pause_while_looking(now - began);
    }
    const std::lock_guard lock(mutex_);
    note_miss();
    return false;
}

/// Under the lock.
void process_engine::note_miss() noexcept {
    spin_misses_ = std::min(spin_misses_ + 1, most_misses);
    spins_to_skip_ = 1u << spin_misses_;
}

/// Without the lock. The worker wakes this thread whenever it has answers, so that the I/O thread need not be woken before
/// it. False where the kernel cannot do that.
bool process_engine::sleep_until_answers(work_item& item, worker_slot::awaited_answer& answer) {
    using watcher = wire::claim_page::watcher;
    answer.page.watch(watcher::asleep);
    if (item.ready() || answer.is_there()) return true;
    return item.sleep_beside(answer.page.watch_word(), static_cast<std::uint32_t>(watcher::asleep));
}

/// Under the lock: what the I/O thread would do now.
void process_engine::take_answers_of(std::size_t worker, std::unique_lock<std::mutex>& lock) {
    if (!harvest(worker)) wake_.signal(); // whoever fills the place by now
    publish(lock);
    tell_io_thread();
}

/// After answers were taken by another thread.
void process_engine::tell_io_thread() {
    // Asked afterwards: whoever looked for room meanwhile waits now. Only the dispatcher can have got an earlier time by this;
    // the zygote belongs to the I/O thread, which uses it without the lock.
    if (const auto due = dispatcher_->next_tick(); (due && *due < sleeps_until_) || !waiting_.empty()) wake_.signal();
}

/// Looks for a moment.
bool process_engine::help(work_item& item) {
    if (!is_ours()) return false;
    std::unique_lock lock(mutex_, std::defer_lock);
    lock_soon(lock);
    const auto now = clock::now();
    if (item.place == task_entry::queued) dispatcher_->end_gathering(now);
    auto answer = find_answer(item);
    if (!answer || !is_soon(item, now)) return false;
    const auto worker = static_cast<std::size_t>(item.place);
    lock.unlock();
    if (!look_for_answer(item, *answer)) return false;
    if (item.ready()) return true;
    lock_soon(lock);
    if (clock::now() - now < 4 * longest_spin) spin_misses_ = 0;
    else note_miss(); // others had this CPU meanwhile
    take_answers_of(worker, lock);
    return item.ready();
}

/// Sleeps. When it is woken for the answers of others it takes them, as the worker waits for that.
bool process_engine::await(work_item& item) {
    if (!is_ours()) return false;
    for (bool is_last = false; !is_last && !item.ready();) {
        std::unique_lock lock(mutex_, std::defer_lock);
        lock_soon(lock);
        auto answer = find_answer(item);
        if (!answer) break;
        const auto worker = static_cast<std::size_t>(item.place);
        lock.unlock();
        if (!sleep_until_answers(item, *answer)) break;
        if (item.ready()) return true;
        is_last = answer->is_there(); // if it cannot be taken now, it comes by the pipe
        lock_soon(lock);
        take_answers_of(worker, lock);
    }
    return item.ready();
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// How a thread in get() spends a moment on getting its answer before it sleeps. The calling thread.
#include "pool/process_engine.hpp"

#include "os/spin_pause.hpp"

#include <algorithm>

namespace penstock::pool {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto hot = 100us;         // a worker that answered so lately has not gone to sleep
constexpr auto longest_spin = 50us; // more, and sleeping would have cost less
constexpr unsigned most_misses = 6;

} // namespace

/// Where its worker answers again and again, as it has not slept since, the answer is nearer than a sleep.
std::optional<worker_slot::awaited_answer> process_engine::find_answer_soon(const work_item& item, time_point now) {
    if (item.place < 0 || (spins_to_skip_ != 0 && spins_to_skip_-- != 0)) return std::nullopt;
    const record& place = records_[static_cast<std::size_t>(item.place)];
    if (!place.slot || now - place.answered_at > hot) return std::nullopt;
    return place.slot->await_answer(item.id);
}

/// On a busy machine the worker may not be running at all.
bool process_engine::miss() {
    const std::lock_guard lock(mutex_);
    spin_misses_ = std::min(spin_misses_ + 1, most_misses);
    spins_to_skip_ = 1u << spin_misses_;
    return false;
}

/// A thread that waits looks for the answer itself for a moment: being woken would take it ten times as long.
bool process_engine::help(work_item& item) {
    if (!boot_.spins || !is_ours()) return false;
    std::unique_lock lock(mutex_);
    auto now = clock::now();
    const auto answer = find_answer_soon(item, now);
    if (!answer) return false;
    const auto worker = static_cast<std::size_t>(item.place);
    lock.unlock();
    for (const auto limit = now + longest_spin; !item.ready() && !answer->is_there(); now = clock::now()) {
        if (now > limit) return miss();
        for (int pause = 0; pause != 8; ++pause) os::spin_pause();
    }
    if (item.ready()) return true;
    lock.lock();
    spin_misses_ = 0;
    harvest(worker); // whoever fills the place by now
    publish(lock);
    // Asked afterwards: whoever looked for room meanwhile waits now.
    if (const auto due = next_deadline(); (due && *due < sleeps_until_) || !waiting_.empty()) wake_.signal();
    return item.ready();
}

} // namespace penstock::pool

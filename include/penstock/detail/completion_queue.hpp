// SPDX-License-Identifier: MIT
// Waits for any of many states: each tells the queue when it becomes ready, so nothing is polled and n states
// cost about n steps. Not a template; as_completed (when.hpp) and map_unordered are built on it.
//
// Threads: one thread at a time calls it; pools complete states from any thread. Ownership: it holds a
// reference to every state until it has reported it, and takes itself off the others when it is destroyed.
#pragma once

#include <penstock/detail/shared_state.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>

namespace penstock::detail {

class completion_queue {
public:
    using clock = std::chrono::steady_clock;

    completion_queue() = default;
    ~completion_queue();
    completion_queue(const completion_queue&) = delete;
    completion_queue& operator=(const completion_queue&) = delete;

    /// Gives the state a place: those of reported states are used again, else they are counted from 0. A state
    /// that is ready already counts as complete at once.
    std::size_t watch(shared_state& state);
    /// The place of the state that became ready next, waiting for it; nothing when `limit` passes while there is
    /// none. Requires reported() < watched().
    std::optional<std::size_t> next_until(clock::time_point limit);
    /// The same, but throws task_timeout, which says how far it came.
    std::size_t next(clock::time_point limit = clock::time_point::max());

    std::size_t watched() const noexcept { return watched_; }
    std::size_t reported() const noexcept { return reported_; }
    std::size_t places() const noexcept { return places_; }
    /// How often it has asked or told a state something so far.
    std::size_t visits() const noexcept { return visits_; }

private:
    class entry final : public observer {
    public:
        void completed() noexcept override { queue->arrive(*this); }
        completion_queue* queue = nullptr;
        state_ref<shared_state> state;
        std::size_t place = 0;
        std::list<entry>::iterator self;
        bool has_begun = false;  // or is not ours to run
        entry* next = nullptr;
    };

    void arrive(entry& ready) noexcept;
    bool wait_for_arrival(std::unique_lock<std::mutex>& lock, clock::time_point limit);
    shared_state* step_aside();
    void help_one(); // runs one of those that wait, where that is possible
    void forget(entry& known) noexcept;

    std::list<entry> waiting_; // watched, oldest first
    std::list<entry> begun_;   // watched, and known to have begun
    std::list<entry> free_;
    std::size_t places_ = 0;
    std::size_t watched_ = 0;
    std::size_t reported_ = 0;
    std::size_t visits_ = 0;

    std::mutex mutex_; // guards the list of those that are ready and not reported, oldest first
    std::condition_variable arrived_;
    entry* first_ = nullptr;
    entry* last_ = nullptr;
};

/// `duration` from now; time_point::max() where the clock cannot tell.
template <class Rep, class Period>
std::chrono::steady_clock::time_point deadline_in(const std::chrono::duration<Rep, Period>& duration) {
    using clock = std::chrono::steady_clock;
    const auto now = clock::now();
    const std::chrono::duration<double> wanted = duration;
    if (wanted.count() <= 0) return now; // however far below
    if (wanted >= std::chrono::duration<double>(clock::time_point::max() - now) / 2)
        return clock::time_point::max();
    return now + std::chrono::duration_cast<clock::duration>(duration);
}

} // namespace penstock::detail

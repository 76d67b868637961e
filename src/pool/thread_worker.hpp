// SPDX-License-Identifier: MIT
// A thread of a thread pool, and the tasks that only it adds to and others may steal from. Made by the crew, and there as
// long as the crew is, so that whoever looks for something to steal need not ask whether it still is: when its thread has
// ended, it is there for the next one that starts.
#pragma once

#include "pool/spin_budget.hpp"
#include "pool/thread_counts.hpp"
#include "pool/thread_queue.hpp"

#include <penstock/detail/shared_state.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

namespace penstock::pool {

struct thread_worker final : detail::pool_thread {
    explicit thread_worker(thread_crew& owner) noexcept : crew(&owner), queue(owner) {}
    bool lend() noexcept override;
    void take_back() noexcept override;
    void block(bool beside_me) noexcept override;
    void unblock(bool beside_me) noexcept override;
    bool is_alone() noexcept override;

    thread_crew* crew;
    thread_queue queue;
    /// How many tasks it has settled. Written by itself alone.
    alignas(64) std::atomic<std::uint64_t> settled{0};
    thread_counts counts;

    // Its own.
    spin_budget spins;
    thread_worker* victim = nullptr; // where to steal next
    unsigned takes = 0;
    std::uint64_t heard = 0;    // the latest call to all workers that it knows of
    bool initialized = false;
    std::size_t depth = 0;      // tasks on its stack: one waited for by another
    std::size_t discounted = 0; // of these, the ones that a shutdown on this stack does not wait for

    // Guarded by the crew's mutex.
    bool active = false;            // counted as one that takes tasks, or rests
    bool gone = false;              // its thread is through with it
    bool leaving = false;           // destroys the pool or shuts it down
    thread_worker* next = nullptr;  // the one that was made before; never changes
    thread_worker* next_vacant = nullptr;
    std::thread thread;
};

} // namespace penstock::pool

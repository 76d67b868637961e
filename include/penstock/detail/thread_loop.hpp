// SPDX-License-Identifier: MIT
// A loop over indices in a thread pool: as many tasks as there are workers, each of which takes blocks of indices until
// there are none. A block is a part of what is left, so the first ones are large and the last ones small, and nobody waits
// long for the last one. f and the loop's state live in the caller's frame: nothing is copied, and f may capture
// references. f is called by several threads at once.
#pragma once

#include <penstock/errors.hpp>
#include <penstock/future.hpp>
#include <penstock/pool_options.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iterator>
#include <mutex>
#include <type_traits>
#include <vector>

namespace penstock::detail {

template <std::integral I, class F>
class thread_loop {
public:
    thread_loop(std::size_t workers, I first, I last, F& f) noexcept
        : function_(f), first_(first), count_(static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first)),
          shares_(4 * workers) {}
    thread_loop(const thread_loop&) = delete;
    thread_loop& operator=(const thread_loop&) = delete;

    std::uint64_t count() const noexcept { return count_; }
    bool all_taken() const noexcept { return taken_.load(std::memory_order_relaxed) >= count_; }

    void work() noexcept(false) {
        for (std::uint64_t from = taken_.load(std::memory_order_relaxed); from < count_;) {
            const std::uint64_t end = from + std::max<std::uint64_t>((count_ - from) / shares_, 1);
            if (!taken_.compare_exchange_weak(from, end, std::memory_order_relaxed)) continue;
            if (!run(from, end)) return;
            from = taken_.load(std::memory_order_relaxed);
        }
    }
    /// f was called with each index, and came back.
    bool is_done() const noexcept { return done_.load(std::memory_order_acquire) == count_; }
    void rethrow() const {
        if (error_ != nullptr) std::rethrow_exception(error_);
    }

private:
    bool run(std::uint64_t from, std::uint64_t end) {
        const std::uint64_t size = end - from;
        try {
            while (from != end && !failed_.load(std::memory_order_relaxed)) {
                const std::uint64_t next_look = std::min(end, from + 64); // compilers do much with a plain loop
                for (; from != next_look; ++from)
                    std::invoke(function_, static_cast<I>(static_cast<std::uint64_t>(first_) + from));
            }
            done_.fetch_add(size, std::memory_order_release);
            return true;
        } catch (...) {
            const std::exception_ptr error = std::current_exception();
            if (error == nullptr) throw; // the thread is being ended, as its task will say
            const std::lock_guard lock(mutex_);
            if (error_ == nullptr) error_ = error;
            failed_.store(true, std::memory_order_relaxed);
            taken_.store(count_, std::memory_order_relaxed);
            return false;
        }
    }

    F& function_;
    const I first_;
    const std::uint64_t count_;
    const std::uint64_t shares_;
    alignas(64) std::atomic<std::uint64_t> taken_{0};
    alignas(64) std::atomic<std::uint64_t> done_{0};
    std::atomic<bool> failed_{false};
    std::mutex mutex_;
    std::exception_ptr error_; // the first
};

/// The body of for_each_index in a thread pool.
struct loop_on_threads {
    template <class Pool, std::integral I, class F>
    static void run(Pool& pool, I first, I last, F&& f) {
        static_assert(std::is_invocable_v<F&, I>, "penstock: for_each_index cannot call this callable with an index");
        thread_loop<I, std::remove_reference_t<F>> loop(pool.workers(), first, last, f);
        crew workers;
        std::exception_ptr refused = submit(pool, loop, workers);
        for (future<void>& each : workers) {
            if (loop.all_taken() && each.cancel()) continue;
            try {
                each.get();
            } catch (...) {
                refused = std::current_exception();
                if (refused == nullptr) throw; // this thread is ended, in a task that get() ran here
            }
        }
        loop.rethrow();
        if (refused != nullptr && !loop.is_done()) std::rethrow_exception(refused);
    }

    template <class Pool, class Range, class F>
    static void run_over(Pool& pool, const Range& indices, F&& f) {
        const auto first = std::begin(indices);
        using place = decltype(std::end(indices) - first);
        const auto call = [&f, &first](place at) { std::invoke(f, first[at]); };
        if (const place count = std::end(indices) - first; count > 0) run(pool, place{0}, count, call);
    }

private:
    /// None may be left that refers to the caller's frame.
    struct crew : std::vector<future<void>> {
        ~crew() {
            for (future<void>& each : *this)
                if (each.valid() && !each.cancel()) each.wait();
        }
    };

    /// Why the pool took less of them than wanted, where that matters.
    template <class Pool, class Loop>
    static std::exception_ptr submit(Pool& pool, Loop& loop, std::vector<future<void>>& workers) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(pool.workers(), loop.count()));
        workers.reserve(wanted);
        try {
            // A deadline of the pool is one for tasks; these last as long as the loop.
            const task_options options{.timeout = std::chrono::nanoseconds::max()};
            while (workers.size() != wanted && !loop.all_taken())
                workers.push_back(pool.submit(options, [&loop] { loop.work(); }));
        } catch (const queue_full&) {
            if (workers.empty()) return std::current_exception();
        } catch (...) {
            return std::current_exception();
        }
        return nullptr;
    }
};

} // namespace penstock::detail

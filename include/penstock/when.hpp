// SPDX-License-Identifier: MIT
// All that waits for many futures: wait (wait.hpp), when_all and when_any (when_all.hpp) and, here, as_completed: the
// futures of a vector, each once, in the order in which they complete.
//
//   for (future<int>& done : as_completed(futures)) std::cout << done.get() << '\n';
//   for (future<int>& done : as_completed(futures, 10s)) ...        // task_timeout when 10 s are over
//
// Futures of several pools may be mixed. 10,000 cost no more per future than 10: each tells the range when it
// is complete, and no thread is used for it. In a task of a thread pool its own pool goes on with the tasks
// waited for.
//
// Threads: the thread that calls as_completed iterates too. Ownership: the range refers to the vector, which
// must stay as it is while the range lives; taking results and moving reported futures away is fine. The
// range may be destroyed at any time, and has no effect on what it did not report. Failure: a future without
// state throws std::future_error(no_state) at the call; a passed limit throws task_timeout, which says how
// many were complete, from *it and ++it, after all that had completed in time were reported.
#pragma once

#include <penstock/detail/completion_queue.hpp>
#include <penstock/future.hpp>
#include <penstock/wait.hpp>
#include <penstock/when_all.hpp>

#include <chrono>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

namespace penstock {

/// What as_completed returns: a single-pass range. Move-only; its iterators stay good when it is moved.
template <class T>
class [[nodiscard]] completion_range {
    using clock = std::chrono::steady_clock;
    struct progress {
        progress(std::vector<future<T>>& all, clock::time_point end)
            : futures(all), limit(end) {}
        std::vector<future<T>>& futures;
        clock::time_point limit;
        detail::completion_queue queue;
        std::optional<std::size_t> current = {}; // reported by the queue, not yet passed by the iterator

        future<T>& get() {
            if (!current) current = queue.next(limit);
            return futures[*current];
        }
        bool finished() const { return !current && queue.reported() == queue.watched(); }
    };

public:
    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = future<T>;
        using difference_type = std::ptrdiff_t;
        using pointer = future<T>*;
        using reference = future<T>&;

        iterator() noexcept = default;
        /// Waits for the next future to complete, if that has not happened yet.
        reference operator*() const { return progress_->get(); }
        pointer operator->() const { return &progress_->get(); }
        iterator& operator++() {
            progress_->get();
            progress_->current.reset();
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& it, std::default_sentinel_t) {
            return it.progress_->finished();
        }

    private:
        friend completion_range;
        explicit iterator(progress* p) noexcept : progress_(p) {}
        progress* progress_ = nullptr;
    };

    completion_range(std::vector<future<T>>& futures, clock::time_point limit)
        : progress_(std::make_unique<progress>(futures, limit)) {
        for (const auto& each : futures) static_cast<void>(each.state()); // all or none
        for (const auto& each : futures) progress_->queue.watch(each.state());
    }
    iterator begin() { return iterator(progress_.get()); }
    std::default_sentinel_t end() const noexcept { return {}; }

private:
    std::unique_ptr<progress> progress_;
};

template <class T>
completion_range<T> as_completed(std::vector<future<T>>& futures) {
    return completion_range<T>(futures, std::chrono::steady_clock::time_point::max());
}
/// The limit counts from this call.
template <class T, class Rep, class Period>
completion_range<T> as_completed(std::vector<future<T>>& futures,
                                 const std::chrono::duration<Rep, Period>& timeout) {
    return completion_range<T>(futures, detail::deadline_in(timeout));
}
// The futures must outlive the range; a temporary vector would not.
template <class T>
void as_completed(const std::vector<future<T>>&&) = delete;
template <class T, class Rep, class Period>
void as_completed(const std::vector<future<T>>&&, const std::chrono::duration<Rep, Period>&) = delete;

} // namespace penstock

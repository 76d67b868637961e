// SPDX-License-Identifier: MIT
// What the tests of map share: inputs that can be watched, and a pool that remembers the chunks it was given.
#pragma once

#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace penstock::test {

/// A single-pass input of `size` numbers (0, 1, 2...) that counts how often it was read and stepped, and
/// calls `hook` with each number before it gives it out. Endless when size is negative.
class watched_input {
public:
    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = int;
        using difference_type = std::ptrdiff_t;
        explicit iterator(watched_input* input) : input_(input) {}
        iterator(iterator&&) = default;  // single-pass iterators need not be copyable
        iterator& operator=(iterator&&) = default;
        int operator*() const {
            ++input_->reads;
            if (input_->hook) input_->hook(input_->next_);
            return input_->next_;
        }
        iterator& operator++() {
            ++input_->steps;
            ++input_->next_;
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const iterator& it, std::default_sentinel_t) { return it.input_->at_end(); }

    private:
        watched_input* input_;
    };
    explicit watched_input(int size) : size_(size) {}
    iterator begin() { return iterator(this); }
    std::default_sentinel_t end() { return {}; }
    bool at_end() const { return next_ == size_; }

    int reads = 0;
    int steps = 0;
    std::function<void(int)> hook;

private:
    int next_ = 0;
    int size_;
};

/// Threads, but the size of every chunk is recorded, and what the chunks took is said, not measured.
class recording_pool {
public:
    explicit recording_pool(std::size_t workers,
                            std::chrono::nanoseconds an_item = std::chrono::microseconds(1))
        : an_item_(an_item), threads_({.workers = workers}) {}
    std::size_t workers() const { return threads_.workers(); }

    template <class F, class... Ranges>
    auto map(const map_options& options, F&& f, Ranges&&... ranges) {
        return detail::map_to_threads::run<detail::map_verb>(*this, options, std::forward<F>(f),
                                                             std::forward<Ranges>(ranges)...);
    }
    template <class F, class... P>
    auto submit_chunk(const task_options& options, const F& f, std::vector<detail::chunk_item<P...>> items) {
        if (refuse) throw queue_full("no room for " + std::to_string(items.size()));
        chunks.push_back(items.size());
        const auto took = an_item_ * items.size();
        return threads_.submit(options, [f = f, items = std::move(items), took]() mutable {
            auto done = detail::run_chunk<F, P...>(f, items);
            done.took = took;
            return done;
        });
    }

    std::vector<std::size_t> chunks;  ///< how many items each had
    bool refuse = false;

private:
    std::chrono::nanoseconds an_item_;
    thread_pool threads_;
};

/// All results of a map; where an item throws, the message instead.
template <class Range>
std::vector<std::string> told(Range&& range) {
    std::vector<std::string> all;
    for (auto it = range.begin(); it != range.end(); ++it) try {
            all.push_back(::testing::PrintToString(*it));
        } catch (const std::exception& e) {
            all.emplace_back(e.what());
        }
    return all;
}

/// How many items of a map throw an E; the others must be values.
template <class E, class Range>
std::size_t count_thrown(Range&& range) {
    std::size_t count = 0;
    for (auto it = range.begin(); it != range.end(); ++it) try {
            static_cast<void>(*it);
        } catch (const E&) {
            ++count;
        }
    return count;
}

}  // namespace penstock::test

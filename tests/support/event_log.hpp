// SPDX-License-Identifier: MIT
// Keeps the events of a pool, for a test to look at. Any thread. It must outlive the pool.
#pragma once

#include "support/waiting.hpp"

#include <penstock/pool_event.hpp>

#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

namespace penstock::test {

class event_log {
public:
    std::function<void(const pool_event&)> function() {
        return [this](const pool_event& event) { add(event); };
    }
    void add(const pool_event& event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
    }
    std::vector<pool_event> all() const {
        const std::lock_guard lock(mutex_);
        return events_;
    }
    std::vector<pool_event> of(pool_event_kind kind) const {
        std::vector<pool_event> found;
        for (const pool_event& event : all())
            if (event.kind == kind) found.push_back(event);
        return found;
    }
    std::size_t count(pool_event_kind kind) const { return of(kind).size(); }
    /// Waits until there are at least so many of a kind.
    bool wait_for(pool_event_kind kind, std::size_t wanted) const {
        return eventually([&] { return count(kind) >= wanted; });
    }

private:
    mutable std::mutex mutex_;
    std::vector<pool_event> events_;
};

} // namespace penstock::test

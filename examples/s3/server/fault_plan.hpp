// SPDX-License-Identifier: MIT
// The faults a server plays, with the counts that say which of them are used up. Any thread.
#pragma once

#include "server/fault.hpp"
#include "server/route.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace s3_server {

class fault_plan {
public:
    void add(std::string_view spec);

    // The fault that this request plays, counted as played.
    [[nodiscard]] std::optional<fault> next(const route& where);

    [[nodiscard]] std::map<std::string, std::uint64_t> played() const;

private:
    struct entry {
        fault what;
        std::uint64_t played = 0;
        std::map<std::string, std::uint64_t> matches;  // By the key, or under "" for all of them.
    };

    static bool plays(entry& candidate, const route& where);

    std::atomic<bool> any_ = false;  // So that a server without faults takes no lock.
    mutable std::mutex mutex_;
    std::vector<entry> entries_;
};

}  // namespace s3_server

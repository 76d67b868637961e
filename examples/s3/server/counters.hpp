// SPDX-License-Identifier: MIT
// Counts what the server does, cheaply, for `statistics`. Any thread.
#pragma once

#include "server/operation.hpp"
#include "server/statistics.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace s3_server {

class counters {
public:
    void request(operation what) {
        requests_[static_cast<std::size_t>(what)].fetch_add(1, std::memory_order_relaxed);
    }
    void error(const std::string& code);
    void sent(std::uint64_t bytes) { sent_.fetch_add(bytes, std::memory_order_relaxed); }
    void connection_opened();
    void connection_closed() { --open_; }

    // All but the faults.
    [[nodiscard]] statistics seen() const;

private:
    std::array<std::atomic<std::uint64_t>, operation_count> requests_{};
    std::atomic<std::uint64_t> accepted_ = 0, open_ = 0, peak_ = 0, sent_ = 0;
    mutable std::mutex mutex_;
    std::map<std::string, std::uint64_t> errors_;
};

}  // namespace s3_server

// SPDX-License-Identifier: MIT
#include "server/counters.hpp"

namespace s3_server {

void counters::error(const std::string& code) {
    const std::scoped_lock lock(mutex_);
    ++errors_[code];
}

void counters::connection_opened() {
    ++accepted_;
    const std::uint64_t now = ++open_;
    std::uint64_t peak = peak_;
    while (peak < now && !peak_.compare_exchange_weak(peak, now)) {
    }
}

statistics counters::seen() const {
    statistics result;
    for (std::size_t i = 0; i < operation_count; ++i) {
        const auto what = static_cast<operation>(i);
        const std::uint64_t count = requests_[i];
        if (count > 0 && what != operation::control) result.requests.emplace(name_of(what), count);
    }
    result.connections_accepted = accepted_;
    result.connections_open = open_;
    result.connections_peak = peak_;
    result.bytes_sent = sent_;
    const std::scoped_lock lock(mutex_);
    result.errors = errors_;
    return result;
}

}  // namespace s3_server

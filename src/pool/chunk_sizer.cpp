// SPDX-License-Identifier: MIT
#include <penstock/detail/chunk_sizer.hpp>

#include <algorithm>
#include <limits>

namespace penstock::detail {

chunk_sizer::chunk_sizer(std::size_t chunk, std::size_t ahead, std::size_t workers) noexcept
    : chunk_(std::max<std::size_t>(chunk, 1)), ahead_(ahead), workers_(std::max<std::size_t>(workers, 1)),
      limit_(max_chunk), automatic_(chunk == 0) {
    if (ahead_ == 0) return;
    const std::size_t shares = 2 * workers_;  // two chunks a worker: one that runs and one that waits
    limit_ = std::min(max_chunk, (ahead_ - 1) / shares + 1);
    chunk_ = std::min(chunk_, ahead_);
}

std::size_t chunk_sizer::ahead() const noexcept {
    if (ahead_ != 0) return ahead_;
    const std::size_t chunks = chunks_per_worker * workers_;
    return chunk_ > std::numeric_limits<std::size_t>::max() / chunks ? chunk_ : chunk_ * chunks;
}

void chunk_sizer::measured(std::size_t items, std::chrono::nanoseconds took) noexcept {
    if (!automatic_ || items == 0) return;
    const auto count = static_cast<std::chrono::nanoseconds::rep>(items);
    const auto now = std::clamp(took / count, std::chrono::nanoseconds(1), work_per_chunk);
    an_item_ = now > an_item_ ? now : an_item_ + (now - an_item_) / 2;  // careful: up at once, down by halves
    const auto fitting = static_cast<std::size_t>(work_per_chunk / an_item_);
    chunk_ = std::clamp<std::size_t>(std::min(fitting, 2 * items), 1, limit_);
}

}  // namespace penstock::detail

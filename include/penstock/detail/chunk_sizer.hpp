// SPDX-License-Identifier: MIT
// How many items of a map make one task, and how many may be under way. What the caller fixed stays; what it
// left at 0 follows the measured times: one item at first, twice as many as long as a task holds less than a
// millisecond of work, and never so many that some workers would have nothing. Used by one thread.
#pragma once

#include <chrono>
#include <cstddef>

namespace penstock::detail {

class chunk_sizer {
public:
    static constexpr std::chrono::nanoseconds work_per_chunk = std::chrono::milliseconds(1);
    static constexpr std::size_t max_chunk = 1024;
    static constexpr std::size_t chunks_per_worker = 4;  // under way, where `ahead` is automatic

    /// 0 means automatic, for `chunk` and `ahead` as in map_options.
    chunk_sizer(std::size_t chunk, std::size_t ahead, std::size_t workers) noexcept;

    /// At least 1, at most ahead().
    std::size_t chunk() const noexcept { return chunk_; }
    std::size_t ahead() const noexcept;
    /// A task of `items` items took so long in its worker.
    void measured(std::size_t items, std::chrono::nanoseconds took) noexcept;

private:
    std::size_t chunk_;
    std::size_t ahead_;  // 0 = automatic
    std::size_t workers_;
    std::size_t limit_;  // of automatic chunks
    bool automatic_;
    std::chrono::nanoseconds an_item_{0};
};

}  // namespace penstock::detail

// SPDX-License-Identifier: MIT
// How many objects there are, how many bytes, and of what sizes. A plain value.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace s3_program {

class size_histogram {
public:
    void add(std::uint64_t size);

    [[nodiscard]] std::uint64_t objects() const noexcept { return objects_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

    // A line for each class of sizes that has objects: how many, and a bar.
    [[nodiscard]] std::string text() const;

private:
    // Empty ones, below 1 kB, 10 kB, ... 10 GB, and larger ones.
    static constexpr std::size_t classes = 10;
    std::array<std::uint64_t, classes> counts_{};
    std::uint64_t objects_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace s3_program

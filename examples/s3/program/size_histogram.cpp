// SPDX-License-Identifier: MIT
#include "program/size_histogram.hpp"

#include "text.hpp"

#include <algorithm>

namespace s3_program {
namespace {

constexpr std::array<const char*, 10> labels{"0 bytes",     "below 1 kB",    "below 10 kB",  "below 100 kB",
                                             "below 1 MB",  "below 10 MB",   "below 100 MB", "below 1 GB",
                                             "below 10 GB", "10 GB and more"};
constexpr std::uint64_t bar_width = 40;

std::size_t class_of(std::uint64_t size) {
    if (size == 0) return 0;
    std::size_t found = 1;
    for (std::uint64_t limit = 1000; found + 1 < labels.size() && size >= limit; limit *= 10) ++found;
    return found;
}

std::string right(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

void size_histogram::add(std::uint64_t size) {
    ++counts_[class_of(size)];
    ++objects_;
    bytes_ += size;
}

std::string size_histogram::text() const {
    const std::uint64_t most = *std::max_element(counts_.begin(), counts_.end());
    std::string lines;
    for (std::size_t i = 0; i != classes; ++i) {
        if (counts_[i] == 0) continue;
        const std::uint64_t length = std::max<std::uint64_t>(1, counts_[i] * bar_width / most);
        lines += right(labels[i], 16) + right(example_common::count_text(counts_[i]), 12) + "  " +
                 std::string(length, '#') + '\n';
    }
    return lines;
}

}  // namespace s3_program

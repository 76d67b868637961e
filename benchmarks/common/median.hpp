// SPDX-License-Identifier: MIT
// The middle one of some values; of an even number of them, the upper of the two.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace penstock::bench {

inline double median(std::vector<double> values) {
    if (values.empty()) throw std::invalid_argument("the median of nothing");
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

}  // namespace penstock::bench

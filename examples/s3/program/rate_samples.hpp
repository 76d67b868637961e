// SPDX-License-Identifier: MIT
// X, the rate: how many objects were done in every two seconds. One thread.
#pragma once

#include "stopwatch.hpp"

#include <cstdint>
#include <vector>

namespace s3_program {

class rate_samples {
public:
    // To be called more often than every two seconds.
    void note(std::uint64_t objects) {
        const double now = clock_.seconds();
        if (now - begin_ < interval) return;
        rates_.push_back(static_cast<double>(objects - before_) / (now - begin_));
        begin_ = now;
        before_ = objects;
    }
    [[nodiscard]] const std::vector<double>& rates() const noexcept { return rates_; }

    static constexpr double interval = 2;

private:
    example_common::stopwatch clock_;
    double begin_ = 0;
    std::uint64_t before_ = 0;
    std::vector<double> rates_;
};

}  // namespace s3_program

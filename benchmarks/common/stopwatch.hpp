// SPDX-License-Identifier: MIT
// Time since it was made.
#pragma once

#include <chrono>

namespace penstock::bench {

class stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(clock::now() - start_).count(); }
    double milliseconds() const { return seconds() * 1e3; }
    double microseconds() const { return seconds() * 1e6; }

private:
    using clock = std::chrono::steady_clock;
    clock::time_point start_ = clock::now();
};

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
// Seconds since it was made. A value; one thread at a time.
#pragma once

#include <chrono>

namespace example_common {

class stopwatch {
public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
    }

private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace example_common

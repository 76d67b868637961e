// SPDX-License-Identifier: MIT
// A figure counts only when the work was done: rows check what they get back, and end the program when it is wrong.
#pragma once

#include <stdexcept>
#include <string>

namespace penstock::bench {

inline void require(bool condition, const char* what) {
    if (!condition) throw std::runtime_error(std::string("wrong: ") + what);
}

}  // namespace penstock::bench

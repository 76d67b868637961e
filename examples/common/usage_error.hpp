// SPDX-License-Identifier: MIT
// The caller asked for something that makes no sense. main() prints the sentence and ends with status 2.
#pragma once

#include <stdexcept>

namespace example_common {

struct usage_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace example_common

// SPDX-License-Identifier: MIT
// What is refused, and how. For tests of options.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

namespace penstock::test {

/// What std::invalid_argument says when it is thrown.
inline std::string refusal(const std::function<void()>& use) {
    try {
        use();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "taken";
}

} // namespace penstock::test

// SPDX-License-Identifier: MIT
// What several translation units and a library have in common: there are as many copies of it as modules, and all of
// them are the same.
#pragma once

#include <string>

namespace identity {

inline int shared_function(int x) { return x + 7; }
inline constexpr auto shared_lambda = [](int x) { return x + 11; };
inline auto lambda_of_a_shared_function() {
    return [](const std::string& text) { return text + "!"; };
}

template <int N>
int shared_template(int x) {
    return x + N;
}

} // namespace identity

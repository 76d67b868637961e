// SPDX-License-Identifier: MIT
// Names in messages. A pure function, any thread.
#pragma once

#include <string>
#include <string_view>

namespace example_common {

// A file's or an object's name with control characters shown as \n or \x1b, so that a message stays on its line.
[[nodiscard]] inline std::string printable(std::string_view name) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string shown;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') {
            shown += "\\n";
        } else if (byte < 0x20 || byte == 0x7f) {
            shown += {'\\', 'x', hex[byte >> 4U], hex[byte & 15U]};
        } else {
            shown += c;
        }
    }
    return shown;
}

}  // namespace example_common

// SPDX-License-Identifier: MIT
// Whole lines that a worker printed to one stream while one task ran, as they wait for the callback thread: kept together
// as one text, so that a million empty lines take a megabyte and not a hundred. A value type.
#pragma once

#include <penstock/captured_line.hpp>

#include <string>

namespace penstock::pool {

struct output_block {
    captured_line common; ///< what the lines have in common; its `text` is empty but for a notice
    std::string text;     ///< the lines, separated by newlines; no newline after the last one
};

} // namespace penstock::pool

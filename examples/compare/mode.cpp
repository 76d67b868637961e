// SPDX-License-Identifier: MIT
#include "mode.hpp"

#include "usage_error.hpp"

#include <string>

namespace compare {
using namespace example_common;

std::string_view word_of(mode how) noexcept {
    switch (how) {
        case mode::sequential:
            return "sequential";
        case mode::threads:
            return "thread";
        case mode::processes:
            return "process";
    }
    return "unknown";
}

mode parse_mode(std::string_view word) {
    for (const mode how : {mode::sequential, mode::threads, mode::processes}) {
        if (word == word_of(how)) return how;
    }
    throw usage_error("--modes: \"" + std::string(word) +
                      "\" is not a mode; give some of sequential,thread,process");
}

}  // namespace compare

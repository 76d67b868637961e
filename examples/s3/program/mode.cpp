// SPDX-License-Identifier: MIT
#include "program/mode.hpp"

#include "usage_error.hpp"

#include <array>
#include <string>
#include <utility>

namespace s3_program {
namespace {

constexpr std::array<std::pair<mode, std::string_view>, 5> names{{{mode::sequential, "sequential"},
                                                                  {mode::thread, "thread"},
                                                                  {mode::process, "process"},
                                                                  {mode::async, "async"},
                                                                  {mode::process_async, "process+async"}}};

}  // namespace

std::string_view name_of(mode how) noexcept {
    for (const auto& [value, name] : names) {
        if (value == how) return name;
    }
    return "unknown";
}

mode parse_mode(std::string_view word) {
    for (const auto& [value, name] : names) {
        if (name == word) return value;
    }
    throw example_common::usage_error("\"" + std::string(word) +
                                      "\" is not a mode; give one of sequential, thread, process, async, "
                                      "process+async");
}

}  // namespace s3_program

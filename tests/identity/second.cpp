// SPDX-License-Identifier: MIT
// The second translation unit of the program.
namespace {
constexpr int place = 2;
}

#include "probes.hpp"
#include "parts.hpp"

void identity::ask_second_unit(report& all) { ask_all(all, "the second translation unit"); }

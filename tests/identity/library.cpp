// SPDX-License-Identifier: MIT
// A shared library, or a third translation unit where there are none.
namespace {
constexpr int place = 3;
}

#include "probes.hpp"
#include "parts.hpp"

void penstock_identity_library(identity::report& all) { ask_all(all, "the library"); }

// SPDX-License-Identifier: MIT
// The parts of a probe program beside its first translation unit.
#pragma once

#include "report.hpp"

namespace identity {

void ask_second_unit(report& all);

} // namespace identity

/// Of the library: null in a program that is not linked with it, and then to be found by name.
extern "C" __attribute__((weak, visibility("default"))) void penstock_identity_library(identity::report& all);

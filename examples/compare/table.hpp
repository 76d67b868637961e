// SPDX-License-Identifier: MIT
// The report for people: a table a mode, CPUs as rows and workers as columns. Pure, any thread.
#pragma once

#include "measurement.hpp"

#include <string>

namespace compare {

[[nodiscard]] std::string tables_of(const report& all);

}  // namespace compare

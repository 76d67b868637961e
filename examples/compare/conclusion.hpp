// SPDX-License-Identifier: MIT
// What the figures say, in a few sentences. Pure, any thread. Says nothing that was not measured, and calls a
// difference no difference when the spreads of the repetitions overlap.
#pragma once

#include "measurement.hpp"

#include <string>

namespace compare {

[[nodiscard]] std::string conclusion_of(const report& all);

}  // namespace compare

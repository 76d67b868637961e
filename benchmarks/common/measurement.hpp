// SPDX-License-Identifier: MIT
// One figure: of whom, in which variant of the row (usually there is one, without a name), how much, of what.
#pragma once

#include <string>
#include <vector>

namespace penstock::bench {

struct measurement {
    std::string who;
    std::string variant;
    double value = 0;
    std::string unit;
    std::string skipped = {};  ///< why there is no value; empty when there is one
};

using measurements = std::vector<measurement>;

}  // namespace penstock::bench

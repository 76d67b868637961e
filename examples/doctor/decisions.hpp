// SPDX-License-Identifier: MIT
// What Penstock does here: asked of the very functions that a pool asks, and of pools. Needs penstock::init.
#pragma once

#include "finding.hpp"

#include <vector>

namespace doctor {

struct decisions {
    std::vector<finding> findings;
    bool works = true;  // a pool started and answered
};
[[nodiscard]] decisions ask_penstock();

}  // namespace doctor

// SPDX-License-Identifier: MIT
// Thrown by a row that this machine cannot run, with the reason. It is no failure: the report shows the row as skipped.
#pragma once

#include <stdexcept>

namespace penstock::bench {

class cannot_measure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
// What a worker says when an argument or a result did not cross. A value type.
#pragma once

#include <penstock/errors.hpp>

#include <string>

namespace penstock::wire {

struct payload_report {
    payload_side side = payload_side::argument_decode;
    std::string type_name;
    std::string reason;

    template <class Archive>
    void serialize(Archive& archive) { archive(side, type_name, reason); }
};

} // namespace penstock::wire

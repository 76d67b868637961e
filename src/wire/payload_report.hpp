// SPDX-License-Identifier: MIT
// What a worker says when an argument or a result did not cross. A value type.
#pragma once

#include <penstock/errors.hpp>

#include <exception>
#include <string>

namespace penstock::wire {

struct payload_report {
    payload_side side = payload_side::argument_decode;
    std::string type_name;
    std::string reason;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(side, type_name, reason);
    }
};

/// Why a value did not cross, from what was caught on the way.
inline std::string reason_of(const std::exception_ptr& caught) {
    try {
        std::rethrow_exception(caught);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "its serialize function threw something that is not a std::exception";
    }
}

}  // namespace penstock::wire

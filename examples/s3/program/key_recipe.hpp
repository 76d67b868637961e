// SPDX-License-Identifier: MIT
// How a worker process, which the run's own source of credentials does not reach, gets newer ones. A plain value; like
// the credentials themselves it travels with tasks alone.
#pragma once

#include "client/credentials.hpp"

#include <string>

namespace s3_program {

struct key_recipe {
    s3::credentials base;  // of the environment; without them the profile is read again
    std::string profile;   // empty: AWS_PROFILE, or the default one
    std::string role;      // to take on with these; empty: none

    template <class Archive>
    void serialize(Archive& archive) {
        archive(base, profile, role);
    }
};

}  // namespace s3_program

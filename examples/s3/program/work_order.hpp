// SPDX-License-Identifier: MIT
// What whoever does jobs has to know besides the job. A plain value; it reaches a worker process with its
// task, over the private pipe, so that secrets are never in arguments or in the environment.
#pragma once

#include "client/client_settings.hpp"
#include "client/credential_source.hpp"
#include "client/credentials.hpp"
#include "program/key_recipe.hpp"

#include <cstdint>
#include <string>

namespace s3_program {

struct part_limits {
    std::uint64_t single_copy = std::uint64_t{5} << 30U;  // larger objects are copied part by part
    std::uint64_t copy_part = std::uint64_t{512} << 20U;
    std::uint64_t single_put = std::uint64_t{8} << 20U;  // larger files are sent part by part
    std::uint64_t put_part = std::uint64_t{8} << 20U;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(single_copy, copy_part, single_put, put_part);
    }
};

struct work_order {
    std::uint64_t run = 0;  // a new one ends the connections of the one before
    s3::client_settings settings;
    s3::credentials keys;
    std::string own_role;  // each worker takes on this role itself; empty: `keys` are used as they are
    key_recipe recipe;     // for newer ones than `keys`, where there is no `source`
    part_limits parts;
    unsigned concurrency = 1;  // connections, or threads, inside one worker
    // In the run's own process: where newer ones than `keys` come from. Outlives the work; does not travel.
    s3::credential_source* source = nullptr;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(run, settings, keys, own_role, recipe, parts, concurrency);
    }
};

}  // namespace s3_program

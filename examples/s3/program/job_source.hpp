// SPDX-License-Identifier: MIT
// Where jobs come from, one by one as they are wanted: a listing, a file of keys, files. One thread at a
// time.
#pragma once

#include "program/job.hpp"

#include <optional>

namespace s3_program {

class job_source {
public:
    job_source() = default;
    job_source(const job_source&) = delete;
    job_source& operator=(const job_source&) = delete;
    virtual ~job_source() = default;

    // Nothing when there are no more. May wait for the network, and throw.
    [[nodiscard]] virtual std::optional<job> next() = 0;
};

}  // namespace s3_program

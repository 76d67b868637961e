// SPDX-License-Identifier: MIT
// A client with its transport and credentials, which one thread of one process makes and uses: connections
// are never inherited. The transport is blocking or multi.
#pragma once

#include "program/job.hpp"
#include "program/report.hpp"
#include "program/verbs.hpp"
#include "program/work_order.hpp"
#include "program/worker_keys.hpp"

namespace s3_program {

class lane {
public:
    lane(const work_order& order, s3::transport& way);
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    void follow(const work_order& order) { keys_.follow(order, bucket_); }
    // With a role of the worker's own, a token that has expired is renewed here; and always in the middle of an upload
    // in parts, which goes on then.
    [[nodiscard]] s3::task<report> run(job what);

private:
    [[nodiscard]] bool renewed(const s3::credentials& refused, report& result);

    worker_keys keys_;
    s3::client bucket_;
    part_limits parts_;
};

}  // namespace s3_program

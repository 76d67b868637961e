// SPDX-License-Identifier: MIT
// What is done with one object, whatever the mode: coroutines over a client, whose transport decides where
// they wait. They throw nothing but std::bad_alloc: what went wrong is in the report.
#pragma once

#include "client/client.hpp"
#include "program/job.hpp"
#include "program/report.hpp"
#include "program/work_order.hpp"

namespace s3_program {

// The client must outlive the task.
[[nodiscard]] s3::task<report> do_job(s3::client& bucket, job what, part_limits parts);

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// What pools run, in threads and in processes alike. Each thread keeps a transport and a client of its own
// for the orders of one run. What goes wrong is in the reports.
#pragma once

#include "program/job.hpp"
#include "program/report.hpp"
#include "program/work_order.hpp"

#include <vector>

namespace s3_program {

// One job, one connection.
[[nodiscard]] report work_on(const work_order& order, const job& what);

// One job after the other, on one connection.
[[nodiscard]] std::vector<report> work_on_each(const work_order& order, const std::vector<job>& jobs);

// Many jobs over order.concurrency connections; the reports are in the order of the jobs.
[[nodiscard]] std::vector<report> work_on_many(const work_order& order, const std::vector<job>& jobs);

// Many jobs in a pool of order.concurrency threads, inside whatever pool calls it.
[[nodiscard]] std::vector<report> work_in_threads(const work_order& order, const std::vector<job>& jobs);

}  // namespace s3_program

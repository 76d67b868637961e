// SPDX-License-Identifier: MIT
// Penstock's side of the report: one function for each row. docs/performance.md says what each figure means.
#pragma once

#include "common/measurement.hpp"
#include "common/request.hpp"

namespace penstock::bench {

measurements hot_round_trip(const request& asked);
measurements idle_round_trip(const request& asked);
measurements fire_all(const request& asked);
measurements window_1000(const request& asked);
measurements map_null(const request& asked);
measurements payload_arg_64m(const request& asked);
measurements payload_result_64m(const request& asked);
measurements head_of_line(const request& asked);
measurements efficiency_100us(const request& asked);
measurements start_first_result(const request& asked);
measurements future_bytes(const request& asked);
measurements idle_cpu(const request& asked);
measurements many_workers(const request& asked);
measurements t_idle_cpu(const request& asked);

// Threads or processes: the same work on both pools.
measurements vs_task_0us(const request& asked);
measurements vs_task_10us(const request& asked);
measurements vs_task_100us(const request& asked);
measurements vs_task_1000us(const request& asked);
measurements vs_payload_64(const request& asked);
measurements vs_payload_64k(const request& asked);
measurements vs_payload_64m(const request& asked);

}  // namespace penstock::bench

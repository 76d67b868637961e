// SPDX-License-Identifier: MIT
#include "common/program.hpp"
#include "rows/rows.hpp"

#include <penstock/init.hpp>

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    using namespace penstock::bench;
    static constexpr row_entry rows[] = {
        {"hot_round_trip", hot_round_trip},
        {"idle_round_trip", idle_round_trip},
        {"fire_all", fire_all},
        {"window_1000", window_1000},
        {"map_null", map_null},
        {"payload_arg_64m", payload_arg_64m},
        {"payload_result_64m", payload_result_64m},
        {"head_of_line", head_of_line},
        {"efficiency_100us", efficiency_100us},
        {"start_first_result", start_first_result},
        {"future_bytes", future_bytes},
        {"idle_cpu", idle_cpu},
        {"many_workers", many_workers},
        {"t_idle_cpu", t_idle_cpu},
        {"vs_task_0us", vs_task_0us},
        {"vs_task_10us", vs_task_10us},
        {"vs_task_100us", vs_task_100us},
        {"vs_task_1000us", vs_task_1000us},
        {"vs_payload_64", vs_payload_64},
        {"vs_payload_64k", vs_payload_64k},
        {"vs_payload_64m", vs_payload_64m},
    };
    return run_program(argc, argv, rows);
}

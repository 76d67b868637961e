// SPDX-License-Identifier: MIT
#include "common/program.hpp"
#include "probes/probes.hpp"

int main(int argc, char** argv) {
    using namespace penstock::bench;
    static constexpr row_entry probes[] = {
        {"pipe_spinning", pipe_spinning}, {"pipe_blocking", pipe_blocking}, {"pipe_pauses", pipe_pauses},
        {"record_pump", record_pump},     {"pipe_64k", pipe_64k},           {"pipe_1m", pipe_1m},
        {"memcpy", plain_memcpy},         {"split_by_hand", split_by_hand},
    };
    return run_program(argc, argv, probes);
}

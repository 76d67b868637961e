// SPDX-License-Identifier: MIT
#include "common/cannot_measure.hpp"
#include "threads/rows_of.hpp"

namespace penstock::bench {

// The peers that this program was built without say so, for the report.
#ifndef PENSTOCK_BENCH_ONETBB
row_list rows_of_onetbb() {
    return rows_of_missing("oneTBB", [](const request&) -> measurements {
        throw cannot_measure("not installed (Debian: libtbb-dev)");
    });
}
#endif
#ifndef PENSTOCK_BENCH_ASIO
row_list rows_of_asio() {
    return rows_of_missing("Boost.Asio", [](const request&) -> measurements {
        throw cannot_measure("not installed (Debian: libboost-dev)");
    });
}
#endif

}  // namespace penstock::bench

int main(int argc, char** argv) {
    using namespace penstock::bench;
    row_list all;
    for (const row_list& one :
         {rows_of_penstock(), rows_of_onetbb(), rows_of_asio(), rows_of_async(), rows_of_naive()})
        all.insert(all.end(), one.begin(), one.end());
    return run_program(argc, argv, all);
}

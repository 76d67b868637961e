// SPDX-License-Identifier: MIT
#include "common/cannot_measure.hpp"
#include "threads/rows_of.hpp"

namespace penstock::bench {

namespace {

// The peers that this program was built without: it says so, so that the report can.
struct onetbb_missing {
    static constexpr char name[] = "oneTBB";
    static constexpr char package[] = "oneTBB is not installed (Debian: libtbb-dev)";
};
struct asio_missing {
    static constexpr char name[] = "Boost.Asio";
    static constexpr char package[] = "Boost.Asio is not installed (Debian: libboost-dev)";
};

template <class Missing>
measurements say_missing(const request&) {
    throw cannot_measure(Missing::package);
}

template <class Missing>
[[maybe_unused]] row_list rows_of_missing() {
    static std::deque<std::string> names;
    row_list rows;
    for (const char* row : row_names)
        rows.push_back({names.emplace_back(std::string(row) + "/" + Missing::name), say_missing<Missing>});
    return rows;
}

}  // namespace

#ifndef PENSTOCK_BENCH_ONETBB
row_list rows_of_onetbb() { return rows_of_missing<onetbb_missing>(); }
#endif
#ifndef PENSTOCK_BENCH_ASIO
row_list rows_of_asio() { return rows_of_missing<asio_missing>(); }
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

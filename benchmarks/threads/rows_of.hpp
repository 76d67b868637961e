// SPDX-License-Identifier: MIT
// The rows of one peer, by the names that the driver asks for: "t_hot/oneTBB" and so on.
#pragma once

#include "common/program.hpp"
#include "threads/workload.hpp"

#include <cstddef>
#include <deque>
#include <iterator>
#include <string>
#include <vector>

namespace penstock::bench {

using row_list = std::vector<row_entry>;

inline constexpr const char* row_names[] = {"t_hot", "t_idle", "t_submit_1",     "t_submit_4",    "t_spawn",
                                            "t_fib", "t_loop", "t_future_bytes", "t_first_result"};

row_list rows_of_penstock();
row_list rows_of_onetbb();
row_list rows_of_asio();
row_list rows_of_async();
row_list rows_of_naive();

inline row_list rows_of_missing(const char* peer, measure_function* say_so) {
    static std::deque<std::string> names;  // row_entry only refers to them
    row_list rows;
    for (const char* row : row_names)
        rows.push_back({names.emplace_back(std::string(row) + "/" + peer), say_so});
    return rows;
}

template <class Peer>
row_list rows_of() {
    static std::deque<std::string> names;  // row_entry only refers to them
    static constexpr measure_function* functions[] = {
        t_hot<Peer>, t_idle<Peer>, t_submit_1<Peer>,     t_submit_4<Peer>,    t_spawn<Peer>,
        t_fib<Peer>, t_loop<Peer>, t_future_bytes<Peer>, t_first_result<Peer>};
    static_assert(std::size(functions) == std::size(row_names));
    row_list rows;
    for (std::size_t i = 0; i != std::size(row_names); ++i)
        rows.push_back({names.emplace_back(std::string(row_names[i]) + "/" + Peer::name), functions[i]});
    return rows;
}

}  // namespace penstock::bench

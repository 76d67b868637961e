// SPDX-License-Identifier: MIT
#include "threads/future_peer.hpp"
#include "threads/naive_pool.hpp"
#include "threads/rows_of.hpp"

namespace penstock::bench {

namespace {

struct naive_peer : future_peer<naive_pool> {
    static constexpr char name[] = "naive";
    using future_peer::future_peer;
};

}  // namespace

row_list rows_of_naive() { return rows_of<naive_peer>(); }

}  // namespace penstock::bench

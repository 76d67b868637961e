// SPDX-License-Identifier: MIT
// The part of the contract that is about what futures can be made into: then, share, wait, when_all, when_any, co_await. As pool_contract.hpp, in a
// program's second file because one would be slow to compile:
//
//   PENSTOCK_FUTURES_CONTRACT(threads, ::testing::Types<penstock::thread_pool>);
#pragma once

#include "contract/continuations.hpp"
#include "contract/coroutines.hpp"
#include "contract/races.hpp"
#include "contract/shared_futures.hpp"
#include "contract/waiting_for_many.hpp"

#define PENSTOCK_FUTURES_CONTRACT(prefix, pools)                            \
    namespace penstock::test {                                              \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_continuations, pools);  \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_shared_futures, pools); \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_races, pools);          \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_coroutines, pools);     \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_waiting, pools);        \
    }                                                                       \
    static_assert(true, "ends with a semicolon")

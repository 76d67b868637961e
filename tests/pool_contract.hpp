// SPDX-License-Identifier: MIT
// What every pool promises, as one typed suite. A test program instantiates it for its pools:
//
//   PENSTOCK_POOL_CONTRACT(threads, ::testing::Types<penstock::thread_pool>);
//
// The tests then are threads/contract_values/..., threads/contract_map/... Each part is a header of its own.
// Only callables that every pool takes appear (functions and captureless lambdas); tasks are held up by
// gates, never by time, and what they did is counted in tallies, both of which work across processes.
#pragma once

#include "contract/callbacks.hpp"
#include "contract/completion.hpp"
#include "contract/exceptions.hpp"
#include "contract/futures.hpp"
#include "contract/initializers.hpp"
#include "contract/life.hpp"
#include "contract/loops.hpp"
#include "contract/map_verbs.hpp"
#include "contract/maps.hpp"
#include "contract/pool_verbs.hpp"
#include "contract/priorities.hpp"
#include "contract/values.hpp"

#define PENSTOCK_POOL_CONTRACT(prefix, pools)                                        \
    namespace penstock::test {                                                       \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_values, pools);                  \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_values_under_way, pools);        \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_exceptions, pools);              \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_map, pools);                     \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_map_under_way, pools);           \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_map_outcomes, pools);            \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_map_outcomes_under_way, pools);  \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_map_unordered, pools);           \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_map_unordered_under_way, pools); \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_futures, pools);                 \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_callbacks, pools);               \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_completion, pools);              \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_life, pools);                    \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_initializer, pools);             \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_loops, pools);                   \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_priorities, pools);              \
    INSTANTIATE_TYPED_TEST_SUITE_P(prefix, contract_pool_verbs, pools);              \
    }                                                                                \
    static_assert(true, "ends with a semicolon")

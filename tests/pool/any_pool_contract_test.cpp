// SPDX-License-Identifier: MIT
// The contract of pools behind any_pool. For its sequential kind, all that holds for a pool which runs a task in the call
// of submit; for the others, which the contract covers by themselves, that every verb gets there and its result back.
#include "contract/any_pool_of.hpp"
#include "contract/exceptions.hpp"
#include "contract/map_verbs.hpp"
#include "contract/maps.hpp"
#include "contract/values.hpp"

namespace penstock::test {

using every_kind = ::testing::Types<any_pool_of<pool_kind::sequential>, any_pool_of<pool_kind::threads>,
                                    any_pool_of<pool_kind::processes>>;
using sequential_kind = ::testing::Types<any_pool_of<pool_kind::sequential>>;
INSTANTIATE_TYPED_TEST_SUITE_P(any, contract_values, every_kind);
INSTANTIATE_TYPED_TEST_SUITE_P(any, contract_map, every_kind);
INSTANTIATE_TYPED_TEST_SUITE_P(any, contract_exceptions, sequential_kind);
INSTANTIATE_TYPED_TEST_SUITE_P(any, contract_map_outcomes, sequential_kind);
INSTANTIATE_TYPED_TEST_SUITE_P(any, contract_map_unordered, sequential_kind);

} // namespace penstock::test

// SPDX-License-Identifier: MIT
// A pool of one kind behind any_pool, as a type of its own: for the typed suites.
#pragma once

#include <penstock/any_pool.hpp>

#include <utility>

namespace penstock::test {

template <pool_kind Kind>
class any_pool_of : public any_pool {
public:
    explicit any_pool_of(pool_options options = {}) : any_pool(Kind, std::move(options)) {}
};

} // namespace penstock::test

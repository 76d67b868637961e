// SPDX-License-Identifier: MIT
// What a map in input order makes of an item's outcome: its value, or the outcome itself. Types without objects.
#pragma once

#include <penstock/outcome.hpp>

#include <utility>

namespace penstock::detail {

/// As map: the value, or what the item ended with is thrown.
struct value_delivery {
    template <class R>
    using item = R;
    template <class R>
    static R&& give(outcome<R>& ended) {
        return std::move(ended).value();
    }
};

/// As map_outcomes: nothing is thrown.
struct outcome_delivery {
    template <class R>
    using item = outcome<R>;
    template <class R>
    static outcome<R>&& give(outcome<R>& ended) {
        return std::move(ended);
    }
};

}  // namespace penstock::detail

// SPDX-License-Identifier: MIT
// What the verbs make of an item as their states have it: its value, its outcome, or just what it is. Types without
// objects.
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

/// As map_unordered: the state has made an indexed_result of it already.
struct plain_delivery {
    template <class R>
    using item = R;
    template <class R>
    static R&& give(R&& ended) {
        return std::move(ended);
    }
};

}  // namespace penstock::detail

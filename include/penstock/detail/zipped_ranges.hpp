// SPDX-License-Identifier: MIT
// The input ranges of a map, read side by side up to the end of the shortest. Used by one thread; what a
// range throws comes out, and the ranges are not touched again.
#pragma once

#include <penstock/detail/chunk_call.hpp>
#include <penstock/detail/owned_value.hpp>
#include <penstock/detail/range_cursor.hpp>

#include <optional>
#include <tuple>
#include <utility>

namespace penstock::detail {

template <class Params, class... Ranges>
class zipped_ranges;
template <class... P, class... Ranges>
class zipped_ranges<type_list<P...>, Ranges...> {
public:
    using item = chunk_item<P...>;

    explicit zipped_ranges(Ranges&&... ranges) : cursors_(std::forward<Ranges>(ranges)...) {}

    /// The next item, or nothing at the end.
    std::optional<item> next() {
        if (!advance()) return std::nullopt;
        return std::apply(
            [this](range_cursor<Ranges>&... cursors) {
                done_ = true;  // until nothing was thrown
                std::optional<item> read(std::in_place, cursors.read(owned_maker<P>())...);
                done_ = false;
                return read;
            },
            cursors_);
    }
    /// Passes over an item; false at the end.
    bool skip() {
        if (!advance()) return false;
        std::apply([](range_cursor<Ranges>&... cursors) { (cursors.skip(), ...); }, cursors_);
        return true;
    }
    /// True once the end was seen.
    bool done() const noexcept { return done_; }
    void stop() noexcept { done_ = true; }

    /// Whether the end must come, because one of the ranges knows its size.
    static constexpr bool is_sized = (range_cursor<Ranges>::is_sized || ...);

private:
    bool advance() {
        if (done_) return false;
        done_ = true;
        done_ =
            std::apply([](range_cursor<Ranges>&... cursors) { return (cursors.at_end() || ...); }, cursors_);
        return !done_;
    }

    std::tuple<range_cursor<Ranges>...> cursors_;
    bool done_ = false;
};

}  // namespace penstock::detail

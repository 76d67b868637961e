// SPDX-License-Identifier: MIT
// A place in one input range of a map, read once from front to back. An lvalue range is referred to and must
// stay; an rvalue range is moved in. Everything that a range-based for loop takes is a range here. Used by
// one thread; throws what the range throws, and must not be asked for more after that.
#pragma once

#include <initializer_list>
#include <iterator>
#include <type_traits>
#include <utility>
#include <vector>

namespace penstock::detail {

namespace range_access {
using std::begin;
using std::end;
template <class R>
auto first(R& range) -> decltype(begin(range)) {
    return begin(range);
}
template <class R>
auto last(R& range) -> decltype(end(range)) {
    return end(range);
}
}  // namespace range_access

/// How a range is kept. Elements of an initializer_list end with the caller's expression: they are copied.
template <class Range>
struct kept_range {
    using type = std::remove_cv_t<Range>;
};
template <class Range>
struct kept_range<Range&> {
    using type = Range&;
};
template <class T>
struct kept_range<std::initializer_list<T>> {
    using type = const std::vector<T>;
};
template <class T>
struct kept_range<const std::initializer_list<T>> {
    using type = const std::vector<T>;
};
/// `Range` is deduced as for a forwarding reference: T& or T.
template <class Range>
using kept_range_t = typename kept_range<Range>::type;

template <class Range>
concept iterable = requires(std::remove_reference_t<kept_range_t<Range>>& range) {
    *range_access::first(range);
    range_access::last(range);
};

template <iterable Range>
struct item_access {
    using range = std::remove_reference_t<kept_range_t<Range>>;
    using iterator = decltype(range_access::first(std::declval<range&>()));
    using sentinel = decltype(range_access::last(std::declval<range&>()));
    using reference = decltype(*std::declval<iterator&>());

    static constexpr auto pick() {
        if constexpr (is_owned()) return std::type_identity<std::remove_reference_t<reference>&&>{};
        else if constexpr (std::is_reference_v<reference>) return std::type_identity<reference>{};
        else if constexpr (requires { typename std::iter_value_t<iterator>; })
            return std::type_identity<std::iter_value_t<iterator>>{};  // not a proxy, as that of vector<bool>
        else return std::type_identity<reference>{};
    }

private:
    /// True for a container that was moved in: its elements may be moved on. A span, or another view whose
    /// elements belong to somebody else, gives them away by staying writable when it is const itself.
    static constexpr bool is_owned() {
        if constexpr (std::is_lvalue_reference_v<Range> || !std::is_lvalue_reference_v<reference>)
            return false;
        else if constexpr (std::is_const_v<std::remove_reference_t<reference>>) return false;
        else if constexpr (requires(const range& r) { *range_access::first(r); })
            return std::is_const_v<
                std::remove_reference_t<decltype(*range_access::first(std::declval<const range&>()))>>;
        else return false;
    }
};

/// What a range hands to the callable for each item.
template <class Range>
using item_argument_t = typename decltype(item_access<Range>::pick())::type;

template <class Range>
class range_cursor {
    using access = item_access<Range>;
    using kept = typename access::range;

public:
    explicit range_cursor(Range&& range)
        : range_(std::forward<Range>(range)), next_(range_access::first(range_)),
          end_(range_access::last(range_)) {}
    range_cursor(const range_cursor&) = delete;
    range_cursor& operator=(const range_cursor&) = delete;

    /// Steps past the item that was read last. Not done right after reading, as a stream would wait for more.
    bool at_end() {
        if (std::exchange(used_, false)) ++next_;
        return !(next_ != end_);
    }
    /// Requires !at_end(). `convert` gets the item.
    template <class Convert>
    decltype(auto) read(const Convert& convert) {
        used_ = true;
        return convert(static_cast<item_argument_t<Range>>(*next_));
    }
    /// Passes over an item without reading it. Requires !at_end().
    void skip() noexcept { used_ = true; }

    /// Whether the range knows its size, which an endless one does not.
    static constexpr bool is_sized = requires { std::size(std::declval<kept&>()); };

private:
    kept_range_t<Range> range_;
    typename access::iterator next_;
    typename access::sentinel end_;
    bool used_ = false;
};

}  // namespace penstock::detail

// SPDX-License-Identifier: MIT
// The numbers from one to before another, as a range that holds none of them. What for_each_index gives to map_outcomes.
#pragma once

#include <concepts>
#include <cstddef>
#include <iterator>

namespace penstock::detail {

template <std::integral I>
class index_range {
public:
    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = I;
        using difference_type = std::ptrdiff_t;

        iterator() noexcept = default;
        explicit iterator(I at) noexcept : at_(at) {}
        I operator*() const noexcept { return at_; }
        iterator& operator++() noexcept {
            ++at_;
            return *this;
        }
        void operator++(int) noexcept { ++at_; }
        friend bool operator==(const iterator&, const iterator&) noexcept = default;

    private:
        I at_{};
    };

    index_range(I first, I last) noexcept : first_(first), last_(last) {}
    iterator begin() const noexcept { return iterator(first_); }
    iterator end() const noexcept { return iterator(last_); }
    std::size_t size() const noexcept { return static_cast<std::size_t>(last_) - static_cast<std::size_t>(first_); }

private:
    I first_;
    I last_;
};

} // namespace penstock::detail

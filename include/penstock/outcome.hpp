// SPDX-License-Identifier: MIT
// outcome<R>: how one call ended, by value or by exception. A plain value of its own: it moves, copies where
// R does, and can itself be sent (the exception arrives as errors.hpp says). Used by one thread at a time.
#pragma once

#include <penstock/detail/crossable.hpp>
#include <penstock/detail/exception_crossing.hpp>
#include <penstock/errors.hpp>

#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace penstock {

template <class R>
class [[nodiscard]] outcome {
    using stored = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

public:
    using value_type = R;

    /// Neither a value nor an exception, until one is decoded into it; value() throws a penstock::error.
    outcome() noexcept = default;
    static outcome of(stored value) requires(!std::is_void_v<R>) {
        return outcome(std::in_place_index<1>, std::move(value));
    }
    static outcome of() requires std::is_void_v<R> { return outcome(std::in_place_index<1>); }
    static outcome failed(std::exception_ptr error) {
        return outcome(std::in_place_index<0>, std::move(error));
    }

    bool has_value() const noexcept { return state_.index() == 1; }
    explicit operator bool() const noexcept { return has_value(); }
    /// The exception, or null where there is a value.
    std::exception_ptr error() const noexcept { return has_value() ? nullptr : *std::get_if<0>(&state_); }

    /// The value; throws the exception where there is none, each time it is asked.
    std::add_lvalue_reference_t<R> value() & {
        return static_cast<std::add_lvalue_reference_t<R>>(checked(*this));
    }
    std::add_lvalue_reference_t<const R> value() const& {
        return static_cast<std::add_lvalue_reference_t<const R>>(checked(*this));
    }
    std::add_rvalue_reference_t<R> value() && {
        return static_cast<std::add_rvalue_reference_t<R>>(checked(*this));
    }

    /// For the archives. The exception travels with the id of this process.
    void save(detail::output_archive& archive) const {
        archive(has_value());
        if (has_value()) return archive_value(archive, state_);
        detail::byte_buffer encoded;
        detail::encode_failure(encoded, error(), {});
        archive.write_size(encoded.size());
        archive.write(encoded.data(), encoded.size());  // copied: nothing is borrowed below a save function
    }
    void load(detail::input_archive& archive) {
        bool has_one = false;
        archive(has_one);
        if (has_one) {
            state_.template emplace<1>();
            return archive_value(archive, state_);
        }
        const std::size_t size = archive.read_size();
        state_.template emplace<0>(detail::decode_failure({archive.take(size), size}));
    }

private:
    template <std::size_t I, class... A>
    explicit outcome(std::in_place_index_t<I> place, A&&... value)
        : state_(place, std::forward<A>(value)...) {}

    template <class Self>
    static auto& checked(Self& self) {
        if (auto* value = std::get_if<1>(&self.state_)) return *value;
        if (self.error() == nullptr)
            throw error_type("penstock: this outcome was never given a value or an exception");
        std::rethrow_exception(self.error());
    }
    template <class Archive, class State>
    static void archive_value(Archive& archive, State& state) {
        if constexpr (!std::is_void_v<R>) archive(*std::get_if<1>(&state));
    }

    using error_type = penstock::error;  // `error` alone names the member here
    std::variant<std::exception_ptr, stored> state_;
};

namespace detail {
template <class R>
struct crossable_type<outcome<R>> : crossable_parts<R> {};
template <>
struct crossable_type<outcome<void>> : crossable_parts<> {};
}  // namespace detail

}  // namespace penstock

// SPDX-License-Identifier: MIT
// The calls of one fork_map, item by item: what the compiled core (run_forked) needs to know of them. Used by the calling
// thread, and, from a fork on, by the copy of it in the child.
#pragma once

#include <penstock/callable.hpp>
#include <penstock/detail/chunk_result.hpp>
#include <penstock/detail/map_verbs.hpp>
#include <penstock/detail/range_cursor.hpp>

#include <cstddef>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace penstock {

struct fork_map_options;

namespace detail {

class forked_calls {
public:
    virtual ~forked_calls() = default;

    // In the parent.
    /// Reads the next item; false at the end. Throws what the ranges throw, and is not called again then.
    virtual bool next() = 0;
    /// Passes over an item; false at the end, and after the first where the end is not known to come.
    virtual bool skip() = 0;
    /// The end of the call of the item that was the `place`th to be read or passed over. Throws std::bad_alloc only.
    virtual void answered(std::size_t place, std::span<const std::byte> answer) = 0;
    virtual void failed(std::size_t place, std::exception_ptr error) = 0;
    /// For messages.
    virtual std::string_view result_type() const noexcept = 0;

    // In the child.
    /// Calls f with the item that was read last and appends what it ended with. What is borrowed stays until the process
    /// ends. Throws std::bad_alloc only; lets a thread that ends itself (pthread_exit) go.
    virtual std::vector<borrowed_piece> run(byte_buffer& answer) = 0;

protected:
    forked_calls() = default;
    forked_calls(const forked_calls&) = delete;
    forked_calls& operator=(const forked_calls&) = delete;
};

/// Runs them all, as fork_map.hpp says. Every place was given an end when this returns; when it throws, no child is left.
void run_forked(const fork_map_options& options, forked_calls& calls);

/// How the item `A` of a range is passed: as it is, or, where the callable does not take that (an lvalue for a T&&), as a
/// copy of its own.
template <class F, class... A>
struct forked_call {
    static constexpr bool as_it_is = is_task_invocable<F&, A...>;
    static constexpr bool as_copy = is_task_invocable<F&, std::decay_t<A>...>;
    static constexpr auto pick() {
        if constexpr (as_it_is) return std::type_identity<std::decay_t<task_result_t<F&, A...>>>{};
        else if constexpr (as_copy) return std::type_identity<std::decay_t<task_result_t<F&, std::decay_t<A>...>>>{};
        else return std::type_identity<void>{};
    }
    using value = typename decltype(pick())::type;
};

/// True when this compiles; else the compiler says one sentence.
template <class F, class... Ranges>
constexpr bool explain_fork_map() {
    constexpr bool are_ranges = sizeof...(Ranges) != 0 && (iterable<Ranges> && ...);
    static_assert(are_ranges, "penstock: fork_map takes one or more ranges after the callable: what a range-based for loop takes");
    if constexpr (!are_ranges) {
        return false;
    } else {
        using call = forked_call<std::remove_reference_t<F>, item_argument_t<Ranges>...>;
        constexpr bool is_callable = call::as_it_is || call::as_copy;
        constexpr call_problem problem = is_callable ? result_problem<typename call::value>() : call_problem::invocation;
        explain<problem, 0>();
        return problem == call_problem::none;
    }
}

/// Refers to f and to lvalue ranges.
template <class F, class... Ranges>
class forked_items final : public forked_calls {
    using call = forked_call<F, item_argument_t<Ranges>...>;
    using value = typename call::value;

public:
    forked_items(std::string_view label, F& f, Ranges&&... ranges)
        : label_(label), f_(f), cursors_(std::forward<Ranges>(ranges)...) {}

    std::vector<outcome<value>> outcomes() && { return std::move(outcomes_); }

    bool next() override {
        item_.reset();
        if (at_end()) return false;
        std::apply([this](range_cursor<Ranges>&... cursors) { item_.emplace(cursors.read(as_it_comes<Ranges>())...); }, cursors_);
        outcomes_.emplace_back();
        return true;
    }
    bool skip() override {
        if (ended_ || at_end()) return false;
        std::apply([](range_cursor<Ranges>&... cursors) { (cursors.skip(), ...); }, cursors_);
        outcomes_.emplace_back();
        ended_ = !(range_cursor<Ranges>::is_sized || ...);
        return true;
    }
    void answered(std::size_t place, std::span<const std::byte> answer) override {
        try {
            chunk_result<value> one;
            input_archive in(answer);
            in(one);
            in.expect_end();
            if (one.outcomes.size() != 1) throw archive_error("it is not one result");
            outcomes_[place] = std::move(one.outcomes.front());
        } catch (const std::bad_alloc&) {
            throw;
        } catch (...) {
            failed(place, current_payload_error(payload_side::result_decode, type_name<value>()));
        }
    }
    void failed(std::size_t place, std::exception_ptr error) override {
        outcomes_[place] = outcome<value>::failed(std::move(error));
    }
    std::string_view result_type() const noexcept override { return type_name<value>(); }

    std::vector<borrowed_piece> run(byte_buffer& answer) override {
        output_archive out(answer);
        out.write_size(1);
        chunk_writer reply(answer);
        add_outcome(reply, ended_with_.emplace(call_it()), label_);
        out.write_plain(std::int64_t{0});
        return std::move(reply.borrowed());
    }

private:
    /// Gives an item as the callable is to have it, where range_cursor::read would otherwise make a value of it.
    template <class Range>
    struct as_it_comes {
        template <class A>
        item_argument_t<Range> operator()(A&& item) const {
            return std::forward<A>(item);
        }
    };

    bool at_end() {
        if (ended_) return true;
        ended_ = true; // until nothing was thrown
        ended_ = std::apply([](range_cursor<Ranges>&... cursors) { return (cursors.at_end() || ...); }, cursors_);
        return ended_;
    }

    outcome<value> call_it() {
        try {
            if constexpr (std::is_void_v<value>) return invoke(), outcome<value>::of();
            else return outcome<value>::of(invoke());
        } catch (...) {
            std::exception_ptr thrown = std::current_exception();
            if (thrown == nullptr) throw; // no exception, but the end of this thread on its way
            return outcome<value>::failed(std::move(thrown));
        }
    }
    decltype(auto) invoke() {
        return std::apply(
            [this](item_argument_t<Ranges>&&... item) -> decltype(auto) {
                if constexpr (call::as_it_is) return invoke_task(f_, std::forward<item_argument_t<Ranges>>(item)...);
                else return invoke_task(f_, std::decay_t<item_argument_t<Ranges>>(item)...);
            },
            std::move(*item_));
    }

    std::string_view label_;
    F& f_;
    std::tuple<range_cursor<Ranges>...> cursors_;
    std::optional<std::tuple<item_argument_t<Ranges>...>> item_;
    std::vector<outcome<value>> outcomes_;
    std::optional<outcome<value>> ended_with_; // in the child
    bool ended_ = false;
};

template <class R>
auto values_of(std::vector<outcome<R>>&& outcomes) {
    if constexpr (std::is_void_v<R>) {
        for (outcome<R>& each : outcomes) std::move(each).value();
    } else {
        std::vector<R> values;
        values.reserve(outcomes.size());
        for (outcome<R>& each : outcomes) values.push_back(std::move(each).value());
        return values;
    }
}

} // namespace detail

} // namespace penstock

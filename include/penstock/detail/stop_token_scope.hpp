// SPDX-License-Identifier: MIT
// For a callable whose first parameter is a std::stop_token: a token for the running task, kept by a helper thread that
// exists for this one call. A task without such a parameter costs nothing and asks this_task::stop_requested().
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace penstock::detail {

template <class... T> struct type_list;
template <class F> struct fixed_parameters;

/// Lives around the call, in the thread that runs the task. Throws std::system_error when no thread can be had.
class stop_token_scope {
public:
    stop_token_scope();
    ~stop_token_scope();
    stop_token_scope(const stop_token_scope&) = delete;
    stop_token_scope& operator=(const stop_token_scope&) = delete;
    std::stop_token token() const noexcept;

private:
    struct helper;
    std::unique_ptr<helper> helper_;
};

/// A leading std::stop_token of a callable with fixed parameters is the pool's to give; the others are arguments.
template <class Params>
struct argument_parameters {
    using type = Params;
    static constexpr bool with_token = false;
};
template <class First, class... Rest>
    requires std::is_same_v<std::remove_cvref_t<First>, std::stop_token> &&
             (!std::is_lvalue_reference_v<First> || std::is_const_v<std::remove_reference_t<First>>)
struct argument_parameters<type_list<First, Rest...>> {
    using type = type_list<Rest...>;
    static constexpr bool with_token = true;
};

template <class F>
inline constexpr bool takes_stop_token = argument_parameters<typename fixed_parameters<std::remove_cvref_t<F>>::type>::with_token;

/// Calls a task's callable, with a token in front where it takes one.
template <class F, class... Args>
decltype(auto) invoke_task(F&& f, Args&&... args) {
    if constexpr (takes_stop_token<F>) {
        const stop_token_scope scope;
        return std::invoke(std::forward<F>(f), scope.token(), std::forward<Args>(args)...);
    } else {
        return std::invoke(std::forward<F>(f), std::forward<Args>(args)...);
    }
}

template <class F, class... Args>
constexpr bool check_task_invocable() {
    if constexpr (takes_stop_token<F>) return std::is_invocable_v<F, std::stop_token, Args...>;
    else return std::is_invocable_v<F, Args...>;
}
template <class F, class... Args>
inline constexpr bool is_task_invocable = check_task_invocable<F, Args...>();

template <class F, class... Args>
struct task_result {
    static constexpr auto pick() {
        if constexpr (takes_stop_token<F>) return std::type_identity<std::invoke_result_t<F, std::stop_token, Args...>>{};
        else return std::type_identity<std::invoke_result_t<F, Args...>>{};
    }
    using type = typename decltype(pick())::type;
};
template <class F, class... Args>
using task_result_t = typename task_result<F, Args...>::type;

} // namespace penstock::detail

// SPDX-License-Identifier: MIT
// The template layer of a thread pool's task: which calls there are, how their arguments are kept, and the
// one allocation that is queue node, closure and result.
//
// Arguments are kept as a process pool keeps them (signature.hpp): by parameter type, as owned values, so
// that a string_view or a span never dangles. Beyond that, std::ref stays a reference, and an argument of a
// class derived from its parameter's is kept whole. All of it is decided at compile time.
#pragma once

#include <penstock/detail/signature.hpp>
#include <penstock/detail/thread_task.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>

namespace penstock::detail {

template <class T>
inline constexpr bool is_reference_wrapper = false;
template <class T>
inline constexpr bool is_reference_wrapper<std::reference_wrapper<T>> = true;

/// How a thread pool keeps an argument of type A (a reference) for a parameter P.
template <class P, class A>
struct kept_argument {
    using given = std::decay_t<A>;
    using bare = std::remove_cvref_t<P>;
    static constexpr bool is_derived =
        std::is_class_v<bare> && std::is_base_of_v<bare, given> && !std::is_same_v<bare, given>;
    static constexpr bool as_given =
        is_reference_wrapper<given> || std::is_function_v<bare> || std::is_abstract_v<bare> || is_derived;
    using type = std::conditional_t<as_given, given, owned_argument_t<P>>;

    static decltype(auto) pass(type& kept) {
        if constexpr (!as_given) return pass_argument<P>(kept);
        else if constexpr (std::is_lvalue_reference_v<P>) return static_cast<const type&>(kept);
        else return static_cast<type&&>(kept);
    }
    using passed = decltype(pass(std::declval<type&>()));

    /// A parameter that would change our copy, which nobody ever sees.
    static constexpr bool changes_a_copy = !is_reference_wrapper<given> && std::is_lvalue_reference_v<P> &&
                                           !std::is_const_v<std::remove_reference_t<P>> &&
                                           !std::is_function_v<bare>;
    static constexpr bool converts = std::is_constructible_v<type, A> || std::is_convertible_v<A, P>;

    static type keep(A&& argument) {
        if constexpr (std::is_convertible_v<A, const char*> && std::is_same_v<type, std::string>) {
            const char* text = argument;
            if (text == nullptr)
                throw std::invalid_argument("penstock: a null const char* cannot be kept as a string");
            return text;
        } else if constexpr (std::is_constructible_v<type, A>) {
            return static_cast<type>(std::forward<A>(argument));
        } else if constexpr (!std::is_same_v<bare, type>) { // a view of something else
            const bare view = std::forward<A>(argument);
            return type(view.begin(), view.end());
        } else {
            return static_cast<P>(std::forward<A>(argument));
        }
    }
};

enum class thread_call_problem { none, argument_count, mutable_reference, conversion, invocation };

template <class F, class Params, class ArgList>
struct thread_call {
    static constexpr thread_call_problem problem = thread_call_problem::argument_count;
    using result = void;
};
template <class F, class... P, class... A>
    requires(sizeof...(P) == sizeof...(A))
struct thread_call<F, type_list<P...>, type_list<A...>> {
    template <class Callable>
    static constexpr bool works() {
        return is_task_invocable<Callable, typename kept_argument<P, A>::passed...>;
    }
    static constexpr thread_call_problem problem =
        (kept_argument<P, A>::changes_a_copy || ...) ? thread_call_problem::mutable_reference
        : !(kept_argument<P, A>::converts && ...)    ? thread_call_problem::conversion
        : !(works<F&>() || works<F>())               ? thread_call_problem::invocation
                                                     : thread_call_problem::none;
    /// As a worker process calls it; a callable that can be called only once is also welcome here.
    using called = std::conditional_t<works<F&>(), F&, F>;
    static constexpr auto result_of() {
        if constexpr (problem == thread_call_problem::none)
            return std::type_identity<
                std::decay_t<task_result_t<called, typename kept_argument<P, A>::passed...>>>{};
        else return std::type_identity<void>{};
    }
    using result = typename decltype(result_of())::type;

    class closure {
    public:
        template <class G>
        explicit closure(G&& f, A... arguments)
            : function_(std::forward<G>(f)),
              arguments_(kept_argument<P, A>::keep(std::forward<A>(arguments))...) {}
        decltype(auto) operator()() {
            return std::apply(
                [this](typename kept_argument<P, A>::type&... kept) -> decltype(auto) {
                    return invoke_task(static_cast<called>(function_), kept_argument<P, A>::pass(kept)...);
                },
                arguments_);
        }

    private:
        [[no_unique_address]] F function_;
        [[no_unique_address]] std::tuple<typename kept_argument<P, A>::type...> arguments_;
    };
};

template <class F, class... Args>
using thread_call_for = thread_call<std::decay_t<F>, typename parameters_for<std::decay_t<F>, Args...>::type,
                                    type_list<Args&&...>>;

/// The decayed result, or void where there is no such call: SFINAE-friendly, so overloads can coexist.
template <class F, class... Args>
using thread_call_result_t = typename thread_call_for<F, Args...>::result;

/// Stops the compilation with one sentence; true when there is nothing to say.
template <class F, class... Args>
constexpr bool explain_thread_call() {
    using enum thread_call_problem;
    constexpr thread_call_problem problem = thread_call_for<F, Args...>::problem;
    static_assert(problem != argument_count, "penstock: wrong number of arguments for this callable");
    static_assert(
        problem != mutable_reference,
        "penstock: this parameter is a non-const reference and would change a copy; pass std::ref(argument)");
    static_assert(problem != conversion,
                  "penstock: an argument does not convert to the type of its parameter");
    static_assert(problem != invocation, "penstock: the callable cannot be called with these arguments");
    return problem == none;
}

/// A closure and, later, its result R or an exception, in one place each: no byte more than they need.
template <class Closure, class R>
class closure_task : public thread_task {
    struct nothing {};
    using value = std::conditional_t<std::is_void_v<R>, nothing, R>;

public:
    template <class... Args>
    explicit closure_task(Args&&... args) {
        ::new (static_cast<void*>(std::addressof(closure_))) Closure(std::forward<Args>(args)...);
        holds_ = holds_closure;
    }
    ~closure_task() override {
        drop_closure();
        drop_outcome();
    }

private:
    static constexpr std::uint8_t holds_closure = 1, holds_error = 2, holds_value = 4;

    bool holds(std::uint8_t what) const noexcept { return (holds_ & what) != 0; }
    void set_holds(std::uint8_t what, bool yes) noexcept {
        holds_ = static_cast<std::uint8_t>(yes ? holds_ | what : holds_ & ~what);
    }

    void invoke() final {
        if constexpr (std::is_void_v<R>) {
            closure_();
        } else {
            ::new (static_cast<void*>(std::addressof(value_))) R(closure_());
            set_holds(holds_value, true);
        }
    }
    void drop_closure() noexcept final {
        if (!holds(holds_closure)) return;
        set_holds(holds_closure, false);
        std::destroy_at(std::addressof(closure_));
    }
    bool has_failed() const noexcept final { return holds(holds_error) && is_failure(error_); }
    void keep_error(std::exception_ptr error) noexcept final {
        ::new (static_cast<void*>(std::addressof(error_))) std::exception_ptr(std::move(error));
        set_holds(holds_error, true);
    }
    void drop_outcome() noexcept final {
        if (holds(holds_error)) std::destroy_at(std::addressof(error_));
        if (holds(holds_value)) std::destroy_at(std::addressof(value_));
        holds_ &= holds_closure;
    }
    void take(void* slot) final {
        if (holds(holds_error)) { // the consumer's thread takes over the last reference
            const std::exception_ptr error = std::move(error_);
            drop_outcome();
            std::rethrow_exception(error);
        }
        if constexpr (!std::is_void_v<R>) {
            static_cast<std::optional<R>*>(slot)->emplace(std::move(value_));
            drop_outcome();
        }
    }

    std::uint8_t holds_ = 0;
    union {
        Closure closure_;
        std::exception_ptr error_;
    };
    union {
        value value_;
    };
};

/// The same with options of its own.
template <class Closure, class R>
class detailed_task final : public closure_task<Closure, R> {
public:
    template <class... Args>
    explicit detailed_task(task_details&& details, Args&&... args)
        : closure_task<Closure, R>(std::forward<Args>(args)...), details_(std::move(details)) {}

private:
    const task_details* details() const noexcept override { return &details_; }

    task_details details_;
};

} // namespace penstock::detail

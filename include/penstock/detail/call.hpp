// SPDX-License-Identifier: MIT
// The template layer of a call that crosses: encode in the caller, decode, invoke and encode in the worker, decode in
// get(). Everything that does not depend on the types is compiled once (task_call.hpp), as each task type pays for
// what stands here.
#pragma once

#include <penstock/callable.hpp>
#include <penstock/detail/task_call.hpp>
#include <penstock/detail/type_name.hpp>
#include <penstock/errors.hpp>

#include <bit>
#include <optional>
#include <tuple>
#include <utility>

namespace penstock::detail {

/// A callable in the worker: taken from the token, made from nothing, or decoded from the front of the arguments.
template <class F, callable_kind Kind = kind_of<F>()>
struct received_callable;
template <class F>
struct received_callable<F, callable_kind::function> {
    F function;
    received_callable(input_archive&, const task_call& call) : function(reinterpret_cast<F>(call.function())) {}
    F& get() { return function; }
};
template <class F>
struct received_callable<F, callable_kind::stateless> {
    struct nothing {};
    F object = make();
    received_callable(input_archive&, const task_call&) {}
    F& get() { return object; }
    static F make() {
        if constexpr (std::is_default_constructible_v<F>) return F{};
        else return std::bit_cast<F>(nothing{}); // a closure such as [=]{} that captured nothing
    }
};
template <class F>
struct received_callable<F, callable_kind::trusted> {
    alignas(F) std::byte bytes[sizeof(F)];
    received_callable(input_archive& in, const task_call&) { in.read(bytes, sizeof bytes); }
    F& get() { return *std::launder(reinterpret_cast<F*>(bytes)); }
};
template <class F>
struct received_callable<F, callable_kind::serialized> {
    F object{};
    received_callable(input_archive& in, const task_call&) { in(object); }
    F& get() { return object; }
};

template <class F>
void encode_callable(output_archive& out, const F& f) {
    out.allow_borrowing(false);
    if constexpr (kind_of<F>() == callable_kind::trusted) out.write(&f, sizeof f);
    else if constexpr (kind_of<F>() == callable_kind::serialized) out(f);
}

template <class F>
callable_ref name_callable(const callable_descriptor& descriptor, const F& f) {
    if constexpr (kind_of<F>() == callable_kind::function) return {&descriptor, reinterpret_cast<void (*)()>(f)};
    else return {&descriptor, nullptr};
}

template <class R>
void send_result(task_call& call, const R& result) {
    output_archive out(call.result_buffer());
    out.allow_borrowing(true);
    call.set_result_type(type_name<R>());
    try {
        out(result);
    } catch (...) {
        rethrow_as_crossing_failure(payload_side::result_encode, call.result_type());
    }
    call.reply(out.borrowed());
}

/// Decodes into the std::optional<R> behind `slot`, in the thread that calls get(). `owner`: as for an input_archive.
using decode_function = void(std::span<const std::byte>, void* slot, byte_buffer* owner);
template <class R>
void decode_result(std::span<const std::byte> bytes, void* slot, byte_buffer* owner = nullptr) {
    try {
        input_archive in(bytes, owner);
        if constexpr (!std::is_void_v<R>) in(static_cast<std::optional<R>*>(slot)->emplace());
        in.expect_end();
    } catch (...) {
        rethrow_as_payload_error(payload_side::result_decode, type_name<R>());
    }
}

/// F with its parameters P, as the worker runs it.
template <class F, class Params> struct remote_call;
template <class F, class... P>
struct remote_call<F, type_list<P...>> {
    using values = std::tuple<owned_argument_t<P>...>;
    using result = std::decay_t<task_result_t<F&, passed_t<P>...>>;

    static void run(task_call& call) {
        values arguments{};
        received_callable<F> callable = decode(call, arguments);
        std::apply(
            [&](owned_argument_t<P>&... owned) {
                if constexpr (std::is_void_v<result>) {
                    invoke_task(callable.get(), pass_argument<P>(owned)...);
                    call.reply({});
                } else {
                    const result value = invoke_task(callable.get(), pass_argument<P>(owned)...);
                    send_result(call, value);
                }
            },
            arguments);
    }
    static constexpr callable_descriptor descriptor{
        {callable_descriptor::magic_value[0], callable_descriptor::magic_value[1]}, fnv1a(type_name<remote_call>()), &run};

private:
    static received_callable<F> decode(task_call& call, values& arguments) {
        std::string_view reading = type_name<F>();
        try {
            input_archive in(call.arguments(), call.owner());
            received_callable<F> callable(in, call);
            std::apply([&](owned_argument_t<P>&... owned) { ((reading = type_name<P>(), in(owned)), ...); }, arguments);
            in.expect_end();
            return callable;
        } catch (...) {
            rethrow_as_crossing_failure(payload_side::argument_decode, reading);
        }
    }
};

/// One argument in the caller: encoded where it lies when it has the parameter's type, else converted first.
template <class P, class A>
void encode_argument(output_archive& out, std::remove_reference_t<A>& argument, bool may_borrow) {
    using owned = owned_argument_t<P>;
    using given = std::remove_cvref_t<A>;
    out.allow_borrowing(may_borrow && std::is_same_v<given, owned>);
    if constexpr (std::is_same_v<given, owned>) {
        out(std::as_const(argument));
    } else if constexpr (std::is_same_v<std::remove_cvref_t<P>, const char*> && !std::is_convertible_v<A, owned>) {
        out(std::string(static_cast<const char*>(std::forward<A>(argument))));
    } else if constexpr (std::is_convertible_v<A, const char*> && std::is_same_v<owned, std::string>) {
        const char* text = argument;
        if (text == nullptr) throw archive_error("a null const char* cannot be sent");
        out(std::string_view(text));
    } else if constexpr (is_view<std::remove_cvref_t<P>> && std::is_convertible_v<A, std::remove_cvref_t<P>>) {
        out(static_cast<std::remove_cvref_t<P>>(argument));
    } else {
        out(static_cast<owned>(std::forward<A>(argument)));
    }
}

/// True for an argument that the caller gives away and that can be kept as it is.
template <class P, class A>
inline constexpr bool is_given_away = !std::is_lvalue_reference_v<A> && !std::is_const_v<std::remove_reference_t<A>> &&
                                      std::is_same_v<std::remove_cvref_t<A>, owned_argument_t<P>> &&
                                      std::is_move_constructible_v<owned_argument_t<P>>;

struct not_held {};

template <class... T>
class held_tuple final : public held_values {
public:
    template <class... A>
    explicit held_tuple(A&&... values) : values_(std::forward<A>(values)...) {}
    std::tuple<T...>& values() { return values_; }

private:
    std::tuple<T...> values_;
};

template <class F, class Params, class ArgList> struct call_encoder;
template <class F, class... P, class... A>
struct call_encoder<F, type_list<P...>, type_list<A...>> {
    using held = held_tuple<std::conditional_t<is_given_away<P, A>, owned_argument_t<P>, not_held>...>;

    /// Encodes into this thread's scratch buffer. Throws payload_error, naming the type of the argument at fault.
    static encoded_call encode(const F& f, std::remove_reference_t<A>&... arguments) {
        encoded_call call{name_callable(remote_call<F, type_list<P...>>::descriptor, f), &scratch_buffer(), {}, nullptr};
        std::string_view writing = type_name<F>();
        try {
            output_archive out(*call.flat);
            encode_callable(out, f);
            ((writing = type_name<P>(), encode_argument<P, A>(out, arguments, is_given_away<P, A>)), ...);
            if (out.borrowed().empty()) (consume<P, A>(arguments), ...);
            else hold(call, f, arguments...);
        } catch (const std::bad_alloc&) {
            throw;
        } catch (...) {
            rethrow_as_payload_error(payload_side::argument_encode, writing);
        }
        return call;
    }

private:
    /// Large data was borrowed: move what was given away to where it stays, and encode from there.
    static void hold(encoded_call& call, const F& f, std::remove_reference_t<A>&... arguments) {
        auto kept = std::make_unique<held>(keep<P, A>(arguments)...);
        call.flat->clear();
        output_archive out(*call.flat);
        encode_callable(out, f);
        std::apply([&](auto&... values) { (encode_held<P, A>(out, arguments, values), ...); }, kept->values());
        call.borrowed = out.borrowed();
        call.held = std::move(kept);
    }
    template <class Param, class Arg>
    static decltype(auto) keep(std::remove_reference_t<Arg>& argument) {
        if constexpr (is_given_away<Param, Arg>) return std::move(argument);
        else return not_held{};
    }
    template <class Param, class Arg, class Held>
    static void encode_held(output_archive& out, std::remove_reference_t<Arg>& argument, Held& value) {
        if constexpr (std::is_same_v<Held, not_held>) encode_argument<Param, Arg>(out, argument, false);
        else encode_argument<Param, Held&>(out, value, true);
    }
    /// A moved argument is moved: its owner finds it empty, as after any other call.
    template <class Param, class Arg>
    static void consume(std::remove_reference_t<Arg>& argument) {
        if constexpr (is_given_away<Param, Arg> && !std::is_trivially_copyable_v<owned_argument_t<Param>>)
            [[maybe_unused]] const owned_argument_t<Param> taken(std::move(argument));
    }
};

template <class F, class... Args>
using call_encoder_for =
    call_encoder<std::decay_t<F>, typename parameters_for<std::decay_t<F>, Args...>::type, type_list<Args&&...>>;

/// Reports the first problem of the call as a sentence; true when there is none.
template <class F, class... Args>
constexpr bool explain_call() {
    constexpr call_verdict verdict = call_check_for<F, Args...>::verdict();
    explain<verdict.problem, verdict.parameter>();
    return verdict.problem == call_problem::none;
}

} // namespace penstock::detail

// SPDX-License-Identifier: MIT
// register_exception<T>(): a task's exception of the type T comes back as a T, with all its members, instead of as its
// nearest standard type.
//
//   struct parse_error : std::runtime_error {
//       int line = 0;
//       parse_error(const std::string& what = "", int where = 0) : std::runtime_error(what), line(where) {}
//       template <class Archive> void serialize(Archive& archive) { archive(line); }
//   };
//   const bool known = penstock::register_exception<parse_error>();   // at namespace scope: in every process
//
// It must be called in the worker and in the parent, which at namespace scope happens by itself; where the parent did
// not, the nearest standard type arrives. T needs a serialize function (what() travels by itself), a default
// constructor and a copy constructor. A class derived from T that is not registered arrives as a T: the last one
// registered that fits, so register bases first. What arrives is a remote_info too, unless T is final.
//
// Any thread may call it at any time. Failure: std::invalid_argument when another type has the same name (two files
// with an unnamed namespace each, for example; clang takes these for one type). A T that does not encode or decode is
// a payload_error of its future.
#pragma once

#include <penstock/detail/crossable.hpp>
#include <penstock/detail/rebuilt_exception.hpp>

#include <type_traits>
#include <typeinfo>

namespace penstock {

namespace detail {

/// What is known of a registered type T.
struct registered_exception {
    const std::type_info* type;
    /// Writes the exception being handled. False, and nothing, when it is no T.
    bool (*save)(output_archive&);
    std::exception_ptr (*load)(input_archive&, const std::string& what, const remote_info&,
                               const std::exception_ptr& nested);
};

void add_registered_exception(const registered_exception& added);

template <class T>
bool save_handled(output_archive& out) {
    try {
        throw;
    } catch (const T& e) {
        out(e);
        return true;
    } catch (...) {
        return false;
    }
}

template <class T>
std::exception_ptr load_exception(input_archive& in, const std::string& what, const remote_info& info,
                                  const std::exception_ptr& nested) {
    T value{};
    in(value);
    in.expect_end();
    if constexpr (std::is_final_v<T>) return std::make_exception_ptr(value);
    else if constexpr (std::is_base_of_v<remote_info, T> || std::is_base_of_v<std::nested_exception, T>)
        return std::make_exception_ptr(value);  // a second base of that type could not be caught
    else return hold(rebuilt<T>(std::move(value), what, info), nested);
}

template <class T>
constexpr bool can_be_registered() {
    if constexpr (!std::is_class_v<T> || !std::is_default_constructible_v<T> ||
                  !std::is_copy_constructible_v<T>)
        return false;
    else return has_serialize<T>;
}

}  // namespace detail

/// See the top. Always true, to serve as an initialiser.
template <class T>
bool register_exception() {
    constexpr bool good = detail::can_be_registered<T>();
    static_assert(good,
                  "penstock: register_exception needs a class with a serialize function, a default "
                  "constructor and a copy constructor");
    if constexpr (good) {
        static const detail::registered_exception about{&typeid(T), &detail::save_handled<T>,
                                                        &detail::load_exception<T>};
        detail::add_registered_exception(about);
    }
    return good;
}

}  // namespace penstock

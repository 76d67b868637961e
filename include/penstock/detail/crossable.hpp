// SPDX-License-Identifier: MIT
// Which types may travel. cereal's own traits say yes to int* and to a vector of anything; this one looks inside
// standard containers and says no to pointers, views, references and functions.
#pragma once

#include <penstock/detail/byte_archive.hpp>

#include <chrono>
#include <complex>
#include <optional>
#include <variant>

namespace penstock::detail {

/// A user's own type: it must have a serialize (or load and save) function for both directions.
template <class T>
inline constexpr bool has_serialize = cereal::traits::is_output_serializable<T, output_archive>::value &&
                                      cereal::traits::is_input_serializable<T, input_archive>::value;

template <class T>
struct crossable_type {
    static constexpr bool check() {
        if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) return true;
        else if constexpr (!std::is_class_v<T> && !std::is_union_v<T>) return false;
        else if constexpr (std::is_abstract_v<T>) return false;
        else if constexpr (std::is_empty_v<T>) return std::is_default_constructible_v<T>;
        else return has_serialize<T>;
    }
};

template <class T>
inline constexpr bool is_crossable = crossable_type<std::remove_cv_t<T>>::check();

// Containers are as good as what they hold.
template <class... Parts>
struct crossable_parts {
    static constexpr bool check() { return (is_crossable<Parts> && ...); }
};

template <> struct crossable_type<std::filesystem::path> : crossable_parts<> {};
template <> struct crossable_type<std::error_code> : crossable_parts<> {};
template <> struct crossable_type<buffer> : crossable_parts<> {};
template <class C, class R, class A> struct crossable_type<std::basic_string<C, R, A>> : crossable_parts<C> {};
template <class T, class A> struct crossable_type<std::vector<T, A>> : crossable_parts<T> {};
template <class T, class A> struct crossable_type<std::deque<T, A>> : crossable_parts<T> {};
template <class T, class A> struct crossable_type<std::list<T, A>> : crossable_parts<T> {};
template <class T, class A> struct crossable_type<std::forward_list<T, A>> : crossable_parts<T> {};
template <class T> struct crossable_type<std::valarray<T>> : crossable_parts<T> {};
template <class T, std::size_t N> struct crossable_type<std::array<T, N>> : crossable_parts<T> {};
template <class T> struct crossable_type<std::optional<T>> : crossable_parts<T> {};
template <class A, class B> struct crossable_type<std::pair<A, B>> : crossable_parts<A, B> {};
template <class... T> struct crossable_type<std::tuple<T...>> : crossable_parts<T...> {};
template <class... T> struct crossable_type<std::variant<T...>> : crossable_parts<T...> {};
template <class K, class V, class C, class A>
struct crossable_type<std::map<K, V, C, A>> : crossable_parts<K, V> {};
template <class K, class V, class C, class A>
struct crossable_type<std::multimap<K, V, C, A>> : crossable_parts<K, V> {};
template <class K, class V, class H, class E, class A>
struct crossable_type<std::unordered_map<K, V, H, E, A>> : crossable_parts<K, V> {};
template <class K, class V, class H, class E, class A>
struct crossable_type<std::unordered_multimap<K, V, H, E, A>> : crossable_parts<K, V> {};
template <class K, class C, class A> struct crossable_type<std::set<K, C, A>> : crossable_parts<K> {};
template <class K, class C, class A> struct crossable_type<std::multiset<K, C, A>> : crossable_parts<K> {};
template <class K, class H, class E, class A>
struct crossable_type<std::unordered_set<K, H, E, A>> : crossable_parts<K> {};
template <class K, class H, class E, class A>
struct crossable_type<std::unordered_multiset<K, H, E, A>> : crossable_parts<K> {};

// Smart pointers travel by value. A polymorphic base needs cereal's own registration, which checks itself.
template <class T>
struct crossable_pointee {
    static constexpr bool check() {
        if constexpr (std::is_polymorphic_v<T>) return true;
        else return is_crossable<T>;
    }
};
template <class T, class D> struct crossable_type<std::unique_ptr<T, D>> : crossable_pointee<T> {};
template <class T> struct crossable_type<std::shared_ptr<T>> : crossable_pointee<T> {};
template <class T> struct crossable_type<std::weak_ptr<T>> : crossable_pointee<T> {};

} // namespace penstock::detail

// SPDX-License-Identifier: MIT
// The spelling of a type as the compiler prints it, for messages and for a hash that only ever serves as a check:
// two types of two translation units may share it, so nothing is ever looked up by it.
#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::detail {

template <class T>
constexpr std::string_view spell_type() noexcept {
    std::string_view name = __PRETTY_FUNCTION__; // "... [with T = X; ...]" (g++) or "... [T = X]" (clang)
    name.remove_prefix(name.find("T = ") + 4);
    const auto alias = name.rfind("; std::string_view = "); // g++ spells out the alias of the return type too
    return name.substr(0, alias == name.npos ? name.rfind(']') : alias);
}

/// Found by the compiler, so that a program does not search for it in each task.
template <class T>
inline constexpr std::string_view type_spelling = spell_type<T>();

template <class T>
constexpr std::string_view type_name() noexcept {
    return type_spelling<T>;
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo).
constexpr std::uint64_t fnv1a(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

} // namespace penstock::detail

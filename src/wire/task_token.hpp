// SPDX-License-Identifier: MIT
// The name of a callable as it travels: which module (by build-id), where in it, and a hash of its types, under a
// keyed seal. A value type. The seal makes a damaged token one that is refused instead of a jump somewhere.
#pragma once

#include <penstock/detail/byte_archive.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace penstock::wire {

/// A place in a module: `path` is only a hint for a module that the worker has yet to load.
struct token_place {
    std::array<std::uint8_t, 20> module{};
    std::uint64_t offset = 0;
    std::string path;

    template <class Archive>
    void serialize(Archive& archive) { archive(module, offset, path); }
};

struct task_token {
    std::uint64_t type_hash = 0;
    token_place descriptor;
    bool has_function = false;
    token_place function; ///< for function pointers: the function itself

    template <class Archive>
    void serialize(Archive& archive) { archive(type_hash, descriptor, has_function, function); }
};

/// token, then its seal under `key`.
void encode_token(detail::output_archive& out, const task_token& token, std::uint64_t key);
/// Throws archive_error when the bytes are no token or the seal does not match.
task_token decode_token(detail::input_archive& in, std::uint64_t key);

} // namespace penstock::wire

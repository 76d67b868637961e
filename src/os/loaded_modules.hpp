// SPDX-License-Identifier: MIT
// Names places in the loaded program and its shared libraries so that another process of the same program
// finds them again: {which module, how far from its load base}. Addresses differ from process to process,
// these do not.
//
// Threads: all functions from any thread; the list of modules is cached and follows dlopen and dlclose. What
// is found stays valid as long as its module stays loaded. Failure: an empty answer; nothing here throws but
// std::bad_alloc.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace penstock::os {

/// The module's GNU build-id (padded with zeros to 20 bytes; a longer one is hashed). A module without one is
/// named by a hash of its executable segment.
struct module_id {
    std::array<std::uint8_t, 20> bytes{};
    auto operator<=>(const module_id&) const = default;
};

struct code_place {
    module_id module;
    std::uint64_t offset = 0;  ///< from the module's load base
    bool operator==(const code_place&) const = default;
};

enum class segment {
    executable,  ///< functions
    data,        ///< anything readable: constants may live beside the code
};

/// Empty when no loaded module covers the address (heap, stack, generated code).
std::optional<code_place> locate(const void* address);

/// Null when no loaded module has that id, or when the bytes are not all inside one segment of that kind.
const void* resolve(const code_place& place, segment kind, std::size_t bytes_needed);

/// True for the first instruction of a function that the unwinder knows, or that a module exports. Safe for any
/// address.
bool is_function_start(const void* address) noexcept;

/// Where the module's file is, for load_module() elsewhere. Empty for the main program and for unknown ids.
std::string module_path(const module_id& id);

/// Loads a library and checks that it is the expected one; true at once when that one is loaded already.
/// False when there is none or another (whose constructors have run by then, as dlopen does).
bool load_module(const std::string& path, const module_id& expected);

}  // namespace penstock::os

// SPDX-License-Identifier: MIT
// Computes a module's id from what the loader has mapped: its GNU build-id, or a hash of its executable
// segment.
//
// Threads: call it inside a dl_iterate_phdr callback, whose lock keeps the module mapped. Failure: none.
#pragma once

#include "os/loaded_modules.hpp"

#include <link.h>

#include <cstddef>

namespace penstock::os {

module_id identity_of(const dl_phdr_info& info) noexcept;

/// The same for any bytes: 20 bytes that differ when the input does. Against accidents, not against
/// attackers.
module_id hash_of(const void* bytes, std::size_t size) noexcept;

/// The id that a build-id of this size gives.
module_id id_from_build_id(const std::uint8_t* bytes, std::size_t size) noexcept;

}  // namespace penstock::os

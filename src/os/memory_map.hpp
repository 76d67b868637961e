// SPDX-License-Identifier: MIT
// Which file lies behind an address of this process, as /proc/self/maps tells.
//
// Threads: any. Failure: an empty name (anonymous memory, no /proc).
#pragma once

#include <string>

namespace penstock::os {

/// The absolute name, with " (deleted)" at its end when the file is no longer there.
std::string file_mapped_at(const void* address);

/// The kernel writes blanks and other special bytes of names in /proc as \ooo (octal); this undoes it.
std::string without_escapes(const std::string& name);

}  // namespace penstock::os

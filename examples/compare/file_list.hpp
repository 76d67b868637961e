// SPDX-License-Identifier: MIT
// Finds what there is to hash. Called by the main thread, before anything is measured.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace compare {

struct file_entry {
    std::string path;
    std::uint64_t size = 0;  // at the time of listing; only used to cut the work into tasks
};

// Every regular file below the given directories, sorted by the bytes of its path, each path once. Symbolic
// links are followed only when they are given themselves. A directory that cannot be read becomes an entry
// too: hashing it fails, and so it shows up as a row with an error. Throws usage_error when one of `roots`
// does not exist or is neither a file nor a directory, and `interrupted` after Ctrl-C.
[[nodiscard]] std::vector<file_entry> list_files(const std::vector<std::string>& roots);

// Those of /usr/include and /usr/share/doc that this machine has.
[[nodiscard]] std::vector<std::string> default_directories();

}  // namespace compare

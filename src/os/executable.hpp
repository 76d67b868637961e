// SPDX-License-Identifier: MIT
// How to start this very program once more, whatever happened to its file in between.
//
// Ordinarily that is /proc/self/exe, which works for a deleted, replaced or unnamed executable and after
// chdir. It would be the wrong program under valgrind and after a start through the dynamic loader
// (`ld-linux-x86-64.so.2 --library-path ... app`, as AWS Lambda bootstraps do); both are recognised.
// Threads: any. Call it early: relative paths of a loader's command line are taken from the current
// directory. Failure: none; what cannot be found out leaves the ordinary answer.
#pragma once

#include <string>
#include <vector>

namespace penstock::os {

struct self_command {
    std::string path;  ///< for start_request::path
    /// Empty ordinarily. When the dynamic loader started us: its argv from [0] up to and including this
    /// program's path, made absolute. The new process's argv is then these, followed by the arguments after
    /// argv[0].
    std::vector<std::string> loader_arguments;
};

self_command own_executable();

/// The name of this program's file, for messages only.
std::string describe_path();

/// What a loader's command line has in front of the program's own arguments; `program` replaces the path
/// found there. Relative directories in --library-path and --preload become absolute below `directory`. For
/// own_executable() and its tests.
std::vector<std::string> loader_prefix(const std::vector<std::string>& command_line,
                                       const std::string& program, const std::string& directory);

}  // namespace penstock::os

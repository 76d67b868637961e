// SPDX-License-Identifier: MIT
#include "worker/standard_output.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>

namespace penstock::worker {

namespace {

/// A C++ stream has a buffer of its own only after sync_with_stdio(false); else it writes through the C stream, whose
/// lock somebody may hold.
void flush_unsynchronised(std::ostream& stream) {
    if (auto* own = dynamic_cast<std::filebuf*>(stream.rdbuf())) own->pubsync();
}

} // namespace

void flush_standard_output() noexcept {
    try {
        flush_unsynchronised(std::cout);
        flush_unsynchronised(std::clog);
    } catch (...) { // a codecvt that throws: the text is the task's own loss
    }
    if (ftrylockfile(stdout) != 0) return;
    fflush_unlocked(stdout);
    funlockfile(stdout);
}

} // namespace penstock::worker

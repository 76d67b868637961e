// SPDX-License-Identifier: MIT
// Ctrl-C sets a flag; whoever works asks for it now and then and leaves with `interrupted`, so that files are
// closed and pools are ended in order. A second Ctrl-C ends the program at once, with status 130. SIGTERM and SIGHUP
// do the same in programs that ask for it. The flag may be read by any thread. Workers of a process pool never
// install the handler (they do not reach main) and never see the flag: their pool ends them.
#pragma once

#include <exception>

namespace example_common {

struct interrupted : std::exception {
    [[nodiscard]] const char* what() const noexcept override { return "interrupted"; }
};

// Call once, at the start of main. A SIGINT that was ignored when the program began stays ignored.
void catch_interrupts();

// The same for SIGTERM and SIGHUP.
void catch_termination();

[[nodiscard]] bool interrupt_requested() noexcept;
// The one that came last, 0 for none.
[[nodiscard]] int interrupt_signal() noexcept;

void throw_if_interrupted();

}  // namespace example_common

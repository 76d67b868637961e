// SPDX-License-Identifier: MIT
#include "program/orderly_end.hpp"

#include "interrupt.hpp"

#include <csignal>
#include <exception>
#include <iostream>

namespace s3_program {

int status_of_signal() noexcept { return 128 + example_common::interrupt_signal(); }

int in_order(const std::function<int()>& command) {
    example_common::catch_termination();
    std::signal(SIGPIPE, SIG_IGN);  // NOLINT: the streams tell what could not be written
    try {
        return command();
    } catch (const std::exception&) {
        if (!example_common::interrupt_requested()) throw;
    }
    std::cerr << "penstock-s3: interrupted\n";
    return status_of_signal();
}

}  // namespace s3_program

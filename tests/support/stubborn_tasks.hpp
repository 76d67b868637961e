// SPDX-License-Identifier: MIT
// Tasks that are told to stop: one that obeys, and two that do not. Each says where it runs first. A task that nobody ends
// gives up after two minutes, so that a broken pool fails its test instead of leaving processes behind.
#pragma once

#include "support/arrivals.hpp"

#include <penstock/this_task.hpp>

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>

namespace penstock::test {

template <class Over>
void run_until(Over over) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!over()) {
        if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("nobody ended this task");
        ::poll(nullptr, 0, 1);
    }
}

/// Ends in order as soon as it is asked to stop.
inline pid_t obey(const std::string& arrived) {
    arrivals::announce(arrived);
    run_until([] { return this_task::stop_requested(); });
    return ::getpid();
}
/// Does not look; SIGTERM ends it.
inline pid_t ignore(const std::string& arrived) {
    arrivals::announce(arrived);
    run_until([] { return false; });
    return ::getpid();
}
/// SIGKILL alone ends it.
inline pid_t ignore_all(const std::string& arrived) {
    std::signal(SIGTERM, SIG_IGN);
    return ignore(arrived);
}

} // namespace penstock::test

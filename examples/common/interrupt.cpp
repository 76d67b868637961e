// SPDX-License-Identifier: MIT
#include "interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace example_common {
namespace {

std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only store to lock-free atomics");

// Workers end with their pool's process, so that leaving at once leaves nothing behind.
extern "C" void note_interrupt(int) {
    if (requested.exchange(true, std::memory_order_relaxed)) ::_exit(128 + SIGINT);
}

}  // namespace

void catch_interrupts() {
    struct sigaction before {};
    if (sigaction(SIGINT, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) return;
    struct sigaction action {};
    action.sa_handler = note_interrupt;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
}

bool interrupt_requested() noexcept { return requested.load(std::memory_order_relaxed); }

void throw_if_interrupted() {
    if (interrupt_requested()) throw interrupted();
}

}  // namespace example_common

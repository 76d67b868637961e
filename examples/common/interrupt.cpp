// SPDX-License-Identifier: MIT
#include "interrupt.hpp"

#include <unistd.h>

#include <atomic>
#include <csignal>

namespace example_common {
namespace {

std::atomic<int> came{0};  // the signal
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may only store to lock-free atomics");

// Workers end with their pool's process, so that leaving at once leaves nothing behind.
extern "C" void note_interrupt(int signal) {
    if (came.exchange(signal, std::memory_order_relaxed) != 0) ::_exit(128 + signal);
}

void take(int signal) {
    struct sigaction before {};
    if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) return;
    struct sigaction action {};
    action.sa_handler = note_interrupt;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
}

}  // namespace

void catch_interrupts() { take(SIGINT); }

void catch_termination() {
    take(SIGTERM);
    take(SIGHUP);
}

bool interrupt_requested() noexcept { return interrupt_signal() != 0; }

int interrupt_signal() noexcept { return came.load(std::memory_order_relaxed); }

void throw_if_interrupted() {
    if (interrupt_requested()) throw interrupted();
}

}  // namespace example_common

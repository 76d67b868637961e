// SPDX-License-Identifier: MIT
#include "runtime/stop_signal.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <system_error>

namespace lambda {
namespace {

std::atomic<int> told{-1};

extern "C" void tell(int) {
    const int before = errno;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(told.load(std::memory_order_relaxed), &one, sizeof one);
    errno = before;
}

void act(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGTERM, SIGINT}) sigaction(signal, &action, nullptr);
}

}  // namespace

stop_signal::stop_signal() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd, for SIGTERM");
    told = descriptor_;
    act(tell);
}

stop_signal::~stop_signal() {
    act(SIG_DFL);
    ::close(descriptor_);
}

void leave_sigterm_to_the_bootstrap() {
    struct sigaction nothing {};
    nothing.sa_handler = [](int) {};
    nothing.sa_flags = SA_RESTART;
    sigaction(SIGTERM, &nothing, nullptr);
}

bool stop_signal::requested() const {
    pollfd readable{descriptor_, POLLIN, 0};
    return ::poll(&readable, 1, 0) > 0;
}

}  // namespace lambda

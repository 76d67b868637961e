// SPDX-License-Identifier: MIT
#include "pool/worker_end.hpp"

#include "wire/exit_code.hpp"

#include <csignal>
#include <cstring>

namespace penstock::pool {

std::string describe_end(const os::exit_status& status) {
    switch (status.kind) {
    case os::exit_status::how::exited: return "exit status " + std::to_string(status.value);
    case os::exit_status::how::signalled: return "signal " + std::to_string(status.value) + " (" + strsignal(status.value) + ")";
    case os::exit_status::how::unknown: break;
    }
    return "status unknown";
}

std::string hint_for(const os::exit_status& status, const std::string& reason) {
    if (!reason.empty()) return reason;
    if (status.kind == os::exit_status::how::unknown) return "somebody else reaped it (is SIGCHLD ignored?)";
    if (status.kind == os::exit_status::how::signalled && status.value == SIGKILL)
        return "somebody killed it, or the kernel did when memory was short (its log would say so)";
    if (status.kind == os::exit_status::how::signalled && status.value == SIGXCPU)
        return "the worker had used up its processor time (pool_options.limits.cpu_time)";
    if (status.kind != os::exit_status::how::exited) return {};
    switch (status.value) {
    case wire::exit_lost_connection: return "the task closed or damaged the worker's pipes";
    case wire::exit_out_of_memory: return "there was no memory for its arguments in the worker (pool_options.limits.address_space?)";
    case wire::exit_thread_ended: return "the task called pthread_exit";
    case 0: return "the task ended the process (exit), or put another program in its place (exec)";
    default: return {};
    }
}

std::string readable(std::chrono::nanoseconds duration) {
    using namespace std::chrono_literals;
    if (duration % 1ms == 0ns) return std::to_string(duration / 1ms) + " ms";
    return std::to_string(duration.count()) + " ns";
}

std::string with_label(const std::string& label) { return label.empty() ? std::string() : " '" + label + "'"; }

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
#include <penstock/init.hpp>

#include "os/cpu_count.hpp"
#include "wire/exit_code.hpp"
#include "wire/worker_argument.hpp"
#include "worker/worker_loop.hpp"

#include <penstock/detail/process_role.hpp>

#include <fcntl.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

namespace penstock {

namespace {

std::atomic<std::uint64_t> forks{0};

void count_fork() { forks.fetch_add(1, std::memory_order_relaxed); }

/// The pid of the pool's process when this one was started as a worker. A set-uid program never is: its caller could
/// make it call anything.
std::optional<pid_t> pool_process(int argc, char** argv) {
    if (getauxval(AT_SECURE) != 0 || argc != 2 || argv[1] == nullptr) return std::nullopt;
    const std::string_view argument(argv[1]);
    if (!argument.starts_with(wire::worker_argument)) return std::nullopt;
    const std::string_view digits = argument.substr(wire::worker_argument.size());
    pid_t parent = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parent);
    if (error != std::errc{} || end != digits.data() + digits.size() || parent <= 0) return std::nullopt;
    return parent;
}

bool is_pipe(int fd) {
    struct stat about{};
    return fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode);
}

void end_with(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0); // it ended between our start and the line above
}

void close_on_exec(int fd) { fcntl(fd, F_SETFD, FD_CLOEXEC); }

/// Ctrl-C reaches the whole group; the pool decides what it means. An empty handler rather than SIG_IGN, which the
/// programs that a task starts would inherit.
void leave_interrupts_to_the_pool() {
    struct sigaction nothing{};
    nothing.sa_handler = [](int) {};
    nothing.sa_flags = SA_RESTART;
    sigaction(SIGINT, &nothing, nullptr);
}

[[noreturn]] void become_worker(pid_t parent, char* marker) {
    if (!is_pipe(3) || !is_pipe(4)) {
        std::fprintf(stderr, "penstock: %s is for the pool's own use: it starts this program as a worker with two pipes\n", marker);
        std::exit(wire::exit_bad_start);
    }
    end_with(parent);
    std::memset(marker, 0, std::strlen(marker)); // whoever copies our arguments is not a worker
    close_on_exec(3);
    close_on_exec(4);
    leave_interrupts_to_the_pool();
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    detail::this_process().is_worker = true;
    std::exit(worker::run_worker());
}

} // namespace

namespace detail {

process_role& this_process() noexcept {
    static process_role role;
    return role;
}

std::uint64_t fork_generation() noexcept { return forks.load(std::memory_order_relaxed); }

} // namespace detail

void init(int argc, char** argv) {
    if (detail::this_process().initialized) return;
    pthread_atfork(nullptr, nullptr, count_fork);
    detail::this_process().initialized = true;
    if (const auto parent = pool_process(argc, argv)) become_worker(*parent, argv[1]);
}

unsigned available_cpus() { return os::available_cpus(); }

} // namespace penstock

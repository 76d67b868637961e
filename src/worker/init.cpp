// SPDX-License-Identifier: MIT
#include <penstock/init.hpp>

#include "os/cpu_count.hpp"
#include "os/parental_control.hpp"
#include "wire/exit_code.hpp"
#include "wire/worker_argument.hpp"
#include "worker/worker_start.hpp"
#include "worker/zygote.hpp"

#include <penstock/detail/process_role.hpp>

#include <fcntl.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

namespace penstock {

namespace {

std::atomic<std::uint64_t> forks{0};

void count_fork() { forks.fetch_add(1, std::memory_order_relaxed); }

/// The pid of the pool's process when this one was started as `marker` says. A set-uid program never is: its caller
/// could make it call anything.
std::optional<pid_t> pool_process(int argc, char** argv, std::string_view marker) {
    if (getauxval(AT_SECURE) != 0 || argc != 2 || argv[1] == nullptr) return std::nullopt;
    const std::string_view argument(argv[1]);
    if (!argument.starts_with(marker)) return std::nullopt;
    const std::string_view digits = argument.substr(marker.size());
    pid_t parent = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parent);
    if (error != std::errc{} || end != digits.data() + digits.size() || parent <= 0) return std::nullopt;
    return parent;
}

bool is_pipe(int fd) {
    struct stat about{};
    return fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode);
}

bool is_packet_socket(int fd) {
    int type = 0;
    socklen_t size = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

void join_the_pool(pid_t parent, char* marker) {
    os::end_with(parent);
    std::memset(marker, 0, std::strlen(marker)); // whoever copies our arguments is not a worker
    os::leave_interrupts_to_parent();
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
}

[[noreturn]] void refuse(const char* marker, const char* with) {
    std::fprintf(stderr, "penstock: %s is for the pool's own use: it starts this program with %s\n", marker, with);
    std::exit(wire::exit_bad_start);
}

[[noreturn]] void become_worker(pid_t parent, char* marker) {
    if (!is_pipe(3) || !is_pipe(4)) refuse(marker, "two pipes");
    join_the_pool(parent, marker);
    worker::serve_as_worker();
}

[[noreturn]] void become_zygote(pid_t parent, char* marker) {
    if (!is_packet_socket(3)) refuse(marker, "a socket");
    join_the_pool(parent, marker);
    close(4); // the same socket: whatever a pool starts gets two descriptors
    fcntl(3, F_SETFD, FD_CLOEXEC);
    worker::run_zygote();
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
    if (const auto parent = pool_process(argc, argv, wire::worker_argument)) become_worker(*parent, argv[1]);
    if (const auto parent = pool_process(argc, argv, wire::zygote_argument)) become_zygote(*parent, argv[1]);
}

unsigned available_cpus() { return os::available_cpus(); }

} // namespace penstock

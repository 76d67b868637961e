// SPDX-License-Identifier: MIT
#include "os/pipe.hpp"

#include "os/system_calls.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <exception>
#include <string>
#include <system_error>

namespace penstock::os {
namespace {

[[noreturn]] void fail(const char* call) { throw std::system_error(errno, std::generic_category(), call); }

void set_status_flag(int fd, int flag, bool on, const char* call) {
    const int flags = calls().fcntl(fd, F_GETFL, 0);
    if (flags < 0) fail("fcntl(F_GETFL)");
    const int wanted = on ? flags | flag : flags & ~flag;
    if (wanted != flags && calls().fcntl(fd, F_SETFL, wanted) < 0) fail(call);
}

}  // namespace

pipe_ends make_pipe() {
    int ends[2];
    if (calls().pipe2(ends, O_CLOEXEC) < 0) fail("pipe2");
    file_descriptor read_end{ends[0]};
    file_descriptor write_end{ends[1]};
    return {above_stdio(std::move(read_end)), above_stdio(std::move(write_end))};
}

void set_nonblocking(int fd, bool on) { set_status_flag(fd, O_NONBLOCK, on, "fcntl(F_SETFL, O_NONBLOCK)"); }

void set_packet_mode(int write_fd, bool on) {
    set_status_flag(write_fd, O_DIRECT, on, "fcntl(F_SETFL, O_DIRECT)");
}

file_descriptor reopen_for_reading(int fd) noexcept {
    try {
        const std::string path = "/proc/self/fd/" + std::to_string(fd);
        return above_stdio(file_descriptor{calls().open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)});
    } catch (const std::exception&) {
        return {};
    }
}

std::size_t bytes_readable(int fd) {
    int bytes = 0;
    if (::ioctl(fd, FIONREAD, &bytes) < 0) fail("ioctl(FIONREAD)");
    return static_cast<std::size_t>(bytes);
}

std::size_t set_pipe_size(int fd, std::size_t size) noexcept {
    int granted = calls().fcntl(fd, F_SETPIPE_SZ, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    if (granted < 0) granted = calls().fcntl(fd, F_GETPIPE_SZ, 0);
    return granted < 0 ? 0 : static_cast<std::size_t>(granted);
}

io_result read_some(int fd, void* data, std::size_t size) noexcept {
    const ssize_t moved = retried([&] { return calls().read(fd, data, size); });
    return moved == 0 ? io_result{io_status::closed, 0, 0} : outcome(moved);
}

io_result write_some(int fd, const void* data, std::size_t size) noexcept {
    return outcome(retried([&] { return calls().write(fd, data, size); }));
}

io_result writev_some(int fd, const iovec* parts, int count) noexcept {
    return outcome(retried([&] { return calls().writev(fd, parts, count); }));
}

}  // namespace penstock::os

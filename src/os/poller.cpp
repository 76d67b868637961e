// SPDX-License-Identifier: MIT
#include "os/poller.hpp"

#include "os/system_calls.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

namespace penstock::os {
namespace {

// More than this many are due rarely; they are reported by the next wait, the kernel takes turns.
constexpr std::size_t events_a_wait = 256;

file_descriptor make_epoll() {
    file_descriptor fd{calls().epoll_create1(EPOLL_CLOEXEC)};
    if (!fd) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    return above_stdio(std::move(fd));
}

int milliseconds(std::optional<std::chrono::nanoseconds> timeout) {
    if (!timeout) return -1;
    const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(*timeout).count();
    using count = decltype(rounded);
    return static_cast<int>(std::clamp<count>(rounded, 0, INT_MAX));
}

}  // namespace

poller::poller() : fd_{make_epoll()}, raw_(events_a_wait) { events_.reserve(events_a_wait); }

void poller::add(int fd, std::uint64_t key, bool read, bool write) {
    control(EPOLL_CTL_ADD, fd, key, read, write);
}

void poller::change(int fd, std::uint64_t key, bool read, bool write) {
    control(EPOLL_CTL_MOD, fd, key, read, write);
}

void poller::remove(int fd) noexcept {
    epoll_event unused{};
    // It fails only when the descriptor is not in the set, and that is what was asked for.
    static_cast<void>(calls().epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, &unused));
}

void poller::control(int operation, int fd, std::uint64_t key, bool read, bool write) {
    epoll_event wanted{};
    if (read) wanted.events |= EPOLLIN;
    if (write) wanted.events |= EPOLLOUT;
    wanted.data.u64 = key;
    if (calls().epoll_ctl(fd_.get(), operation, fd, &wanted) == 0) return;
    const char* call = operation == EPOLL_CTL_ADD ? "epoll_ctl(EPOLL_CTL_ADD)" : "epoll_ctl(EPOLL_CTL_MOD)";
    throw std::system_error(errno, std::generic_category(), call);
}

std::span<const poller::event> poller::wait(std::optional<std::chrono::nanoseconds> timeout) {
    events_.clear();
    const int size = static_cast<int>(raw_.size());
    const int count = calls().epoll_wait(fd_.get(), raw_.data(), size, milliseconds(timeout));
    if (count < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "epoll_wait");
    for (int i = 0; i < count; ++i) {
        const epoll_event& raw = raw_[static_cast<std::size_t>(i)];
        events_.push_back({.key = raw.data.u64,
                           .readable = (raw.events & EPOLLIN) != 0,
                           .writable = (raw.events & EPOLLOUT) != 0,
                           .hung_up = (raw.events & (EPOLLHUP | EPOLLERR)) != 0});
    }
    return events_;
}

}  // namespace penstock::os

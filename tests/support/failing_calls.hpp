// SPDX-License-Identifier: MIT
// failing_calls: makes the n-th of certain system calls of this process fail, all of them from the n-th on, or the first
// n move a single byte each; and keeps a poller asleep whatever happens. The calls are those of os::calls(), so what a test itself opens and reads is not affected.
//
// Install it while no pool exists; arm and disarm it at any time, from one thread. Its destructor puts the real calls
// back, after the pools are gone. One at a time.
#pragma once

#include "os/system_calls.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>

namespace penstock::test {

/// Which calls to meddle with. Those of the kinds of fcntl and epoll_ctl that cannot fail are left alone.
enum class call_kind {
    pipe2, socketpair, epoll_create1, eventfd, epoll_add, posix_spawn, fork, pidfd_open, open, move_descriptor, packet_mode,
    read, write, writev, epoll_wait, sendmsg, recvmsg, memfd_create,
};

class failing_calls {
public:
    failing_calls() {
        real_ = os::calls();
        armed_ = held_ = polls_ = false;
        os::system_calls& calls = os::calls();
        calls.pipe2 = pipe2;
        calls.socketpair = socketpair;
        calls.epoll_create1 = epoll_create1;
        calls.eventfd = eventfd;
        calls.epoll_ctl = epoll_ctl;
        calls.posix_spawn = posix_spawn;
        calls.fork = fork;
        calls.pidfd_open = pidfd_open;
        calls.open = open;
        calls.memfd_create = memfd_create;
        calls.fcntl = fcntl;
        calls.read = read;
        calls.write = write;
        calls.writev = writev;
        calls.epoll_wait = epoll_wait;
        calls.sendmsg = sendmsg;
        calls.recvmsg = recvmsg;
    }
    ~failing_calls() {
        release_poller();
        os::calls() = real_;
    }
    failing_calls(const failing_calls&) = delete;
    failing_calls& operator=(const failing_calls&) = delete;

    /// From now on the calls number `first` to `last` (from 1) of this kind fail.
    void fail(call_kind kind, int error, int first, int last) { arm(kind, error, first, last); }
    void fail_one(call_kind kind, int error, int number) { arm(kind, error, number, number); }
    /// From now on the first `count` calls of this kind (read, writev) that would move more move one byte.
    void shorten(call_kind kind, int count) { arm(kind, 0, 1, count); }
    void disarm() { armed_ = false; }
    /// Whoever polls after the failure that was ordered reports nothing until release_poller().
    void hold_poller() { held_ = true; }
    void release_poller() { held_ = polls_ = false; }
    /// Whether somebody is kept in it.
    bool is_polling() const { return polls_; }

    int seen() const { return seen_; }
    /// How many failed, or moved one byte.
    int injected() const { return injected_; }

private:
    static void arm(call_kind kind, int error, int first, int last) {
        armed_ = false;
        kind_ = kind;
        error_ = error;
        first_ = first;
        last_ = last;
        seen_ = injected_ = 0;
        armed_ = true;
    }
    /// Counts the call when it is of the kind in question, and says whether it is the one; errno is set then.
    static bool hit(call_kind kind) {
        if (!armed_ || kind != kind_) return false;
        const int number = ++seen_;
        if (number < first_ || number > last_) return false;
        ++injected_;
        errno = error_;
        return true;
    }
    static bool fails(call_kind kind) { return kind == kind_ && error_ != 0 && hit(kind); }
    static bool is_short(call_kind kind) { return kind == kind_ && error_ == 0 && hit(kind); }
    /// Of an eventfd only EINTR can be true: it is full or empty, or it works.
    static bool fails_for(call_kind kind, int fd) {
        struct stat about {};
        if (!armed_ || kind != kind_) return false;
        return (error_ == EINTR || (::fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode))) && fails(kind);
    }

    static int pipe2(int* ends, int flags) { return fails(call_kind::pipe2) ? -1 : real_.pipe2(ends, flags); }
    static int socketpair(int domain, int type, int protocol, int* ends) {
        return fails(call_kind::socketpair) ? -1 : real_.socketpair(domain, type, protocol, ends);
    }
    static int epoll_create1(int flags) { return fails(call_kind::epoll_create1) ? -1 : real_.epoll_create1(flags); }
    static int eventfd(unsigned value, int flags) { return fails(call_kind::eventfd) ? -1 : real_.eventfd(value, flags); }
    static int epoll_ctl(int set, int operation, int fd, epoll_event* event) {
        return operation == EPOLL_CTL_ADD && fails(call_kind::epoll_add) ? -1 : real_.epoll_ctl(set, operation, fd, event);
    }
    static int posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                           const posix_spawnattr_t* attributes, char* const* argv, char* const* environment) {
        if (fails(call_kind::posix_spawn)) return error_;
        return real_.posix_spawn(pid, path, actions, attributes, argv, environment);
    }
    static pid_t fork() { return fails(call_kind::fork) ? -1 : real_.fork(); }
    static int pidfd_open(pid_t pid, unsigned flags) {
        return fails(call_kind::pidfd_open) ? -1 : real_.pidfd_open(pid, flags);
    }
    static int open(const char* path, int flags) { return fails(call_kind::open) ? -1 : real_.open(path, flags); }
    static int memfd_create(const char* name, unsigned flags) {
        return fails(call_kind::memfd_create) ? -1 : real_.memfd_create(name, flags);
    }
    static int fcntl(int fd, int command, int argument) {
        if (command == F_DUPFD_CLOEXEC && fails(call_kind::move_descriptor)) return -1;
        if (command == F_SETFL && (argument & O_DIRECT) != 0 && fails(call_kind::packet_mode)) return -1;
        return real_.fcntl(fd, command, argument);
    }
    static ssize_t read(int fd, void* to, std::size_t size) {
        if (fails_for(call_kind::read, fd)) return -1;
        return real_.read(fd, to, size > whole_packet && is_short(call_kind::read) ? 1 : size);
    }
    static ssize_t write(int fd, const void* from, std::size_t size) {
        return fails_for(call_kind::write, fd) ? -1 : real_.write(fd, from, size);
    }
    static ssize_t writev(int fd, const iovec* parts, int count) {
        if (fails_for(call_kind::writev, fd)) return -1;
        for (int i = 0; i != count; ++i) // the first that is not empty
            if (parts[i].iov_len != 0) {
                const iovec one{parts[i].iov_base, 1};
                return is_short(call_kind::writev) ? real_.writev(fd, &one, 1) : real_.writev(fd, parts, count);
            }
        return real_.writev(fd, parts, count);
    }
    static int epoll_wait(int set, epoll_event* events, int size, int timeout) {
        if (fails(call_kind::epoll_wait)) return -1;
        if (!held_ || injected_ == 0) return real_.epoll_wait(set, events, size, timeout);
        for (polls_ = true; held_;) ::poll(nullptr, 0, 1);
        return 0;
    }
    static ssize_t sendmsg(int fd, const msghdr* message, int flags) {
        return fails(call_kind::sendmsg) ? -1 : real_.sendmsg(fd, message, flags);
    }
    static ssize_t recvmsg(int fd, msghdr* message, int flags) {
        return fails(call_kind::recvmsg) ? -1 : real_.recvmsg(fd, message, flags);
    }

    /// What is read with at most this much room is a packet (or an eventfd), and the kernel never splits those.
    static constexpr std::size_t whole_packet = 4096;

    inline static os::system_calls real_;
    inline static std::atomic<bool> armed_{false};
    inline static std::atomic<bool> held_{false};
    inline static std::atomic<bool> polls_{false};
    inline static std::atomic<call_kind> kind_{};
    inline static std::atomic<int> error_{0};
    inline static std::atomic<int> first_{0};
    inline static std::atomic<int> last_{0};
    inline static std::atomic<int> seen_{0};
    inline static std::atomic<int> injected_{0};
};

} // namespace penstock::test

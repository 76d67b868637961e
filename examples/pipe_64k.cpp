// SPDX-License-Identifier: MIT
// The classic hang. A program makes a child with fork and a pipe; the child writes its result, and the parent
// reads it once the child has ended. That works until a result is larger than the pipe (64 KiB as a rule):
// then the child waits for room in the pipe and the parent for the child. A pool reads while its workers write.
#include <penstock/penstock.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <string>

std::string result(std::size_t size) { return std::string(size, 'x'); }

int main(int argc, char** argv) {
    penstock::init(argc, argv);

    sigset_t child_ended;  // to be able to wait for it for a limited time
    sigemptyset(&child_ended);
    sigaddset(&child_ended, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child_ended, nullptr);

    int ends[2];
    if (pipe(ends) != 0) return 1;
    // One byte more than the pipe holds.
    const auto size = static_cast<std::size_t>(fcntl(ends[1], F_GETPIPE_SZ)) + 1;
    const pid_t child = fork();
    if (child == 0) _exit(write(ends[1], result(size).data(), size) > 0 ? 0 : 1);

    const timespec limit{.tv_sec = 1, .tv_nsec = 0};
    if (sigtimedwait(&child_ended, nullptr, &limit) == SIGCHLD) return 1;  // it has ended?
    std::cout << "by hand: still waiting for the child, which waits for room in the pipe\n";
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);

    penstock::process_pool pool{{.workers = 1}};
    if (pool.submit(result, size).get() != result(size)) return 1;
    std::cout << "with a pool: all bytes are here\n";
}

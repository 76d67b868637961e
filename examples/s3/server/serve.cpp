// SPDX-License-Identifier: MIT
#include "server/serve.hpp"

#include "server/server.hpp"

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

namespace s3_server {
namespace {

// SIGTERM and SIGINT as something to read. They stay blocked afterwards: a second one is not to kill the program
// while it ends.
class end_signals {
public:
    end_signals() {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC);
        if (descriptor_ < 0) throw std::system_error(errno, std::system_category(), "signalfd");
    }
    ~end_signals() { close(descriptor_); }
    end_signals(const end_signals&) = delete;
    end_signals& operator=(const end_signals&) = delete;

    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    int descriptor_ = -1;
};

// Throws away what there is to read; false at the end.
bool stdin_goes_on() {
    std::array<char, 4096> bytes{};
    const auto size = read(STDIN_FILENO, bytes.data(), bytes.size());
    return size > 0 || (size < 0 && (errno == EINTR || errno == EAGAIN));
}

void wait_for_the_end(const end_signals& signals, bool until_stdin_ends) {
    std::array<pollfd, 2> watched{{{signals.descriptor(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
    const nfds_t count = until_stdin_ends ? 2 : 1;
    for (;;) {
        if (poll(watched.data(), count, -1) < 0 && errno != EINTR) return;
        if (watched[0].revents != 0) return;
        if (watched[1].revents != 0 && !stdin_goes_on()) return;
    }
}

}  // namespace

int serve(const serve_options& wanted) {
    const end_signals signals;
    const server running(wanted.server);
    std::printf("endpoint %s\n", running.endpoint().c_str());
    std::fflush(stdout);
    wait_for_the_end(signals, wanted.until_stdin_ends);
    return 0;
}

}  // namespace s3_server

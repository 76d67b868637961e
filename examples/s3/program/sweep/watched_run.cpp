// SPDX-License-Identifier: MIT
#include "program/sweep/watched_run.hpp"

#include "cpu_limit.hpp"
#include "interrupt.hpp"
#include "program/spawn_plan.hpp"
#include "stopwatch.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

namespace s3_program {
namespace {

constexpr std::size_t longest_complaint = 500;

pid_t start(const std::vector<std::string>& arguments, const std::vector<std::string>& variables,
            unsigned cpus, pipe_ends& output) {
    const example_common::cpu_limit limit(cpus);
    pipe_ends nothing;  // to read from: ends at once
    spawn_plan plan;
    plan.give(nothing.ends[0], STDIN_FILENO);
    plan.give(output.ends[1], STDERR_FILENO);
    plan.discard(STDOUT_FILENO);
    const pid_t child = plan.start(arguments, variables);
    output.close(1);
    return child;
}

// Until every process that holds the pipe has ended: the workers do, too. Unlike read, poll returns when a signal
// comes.
std::string read_until_the_end(int output, pid_t child) {
    std::string text;
    bool told = false;
    std::array<char, 4096> buffer{};
    for (pollfd one{output, POLLIN, 0};;) {
        if (example_common::interrupt_requested() && !told) told = ::kill(child, SIGINT) == 0;
        if (::poll(&one, 1, 1000) <= 0) continue;
        const ssize_t count = ::read(output, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return text;
        if (text.size() < longest_complaint) text.append(buffer.data(), static_cast<std::size_t>(count));
    }
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

watched_run run_watched(const std::vector<std::string>& arguments, const std::vector<std::string>& variables,
                        unsigned cpus) {
    watched_run result;
    pipe_ends output;
    const example_common::stopwatch clock;
    const pid_t child = start(arguments, variables, cpus, output);
    const std::string text = read_until_the_end(output.ends[0], child);
    int status = 0;
    rusage used{};
    while (::wait4(child, &status, 0, &used) < 0 && errno == EINTR) {
    }
    result.seconds = clock.seconds();
    result.cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.complaint = text.substr(0, std::min(text.find('\n'), longest_complaint));
    return result;
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "gnuplot.hpp"

#include "text.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <system_error>

extern char** environ;

namespace example_common {
namespace {

constexpr const char* missing =
    "gnuplot is not installed, so there is no picture (Debian: apt install gnuplot-nox)";

[[noreturn]] void fail(const std::string& what, int error) {
    throw std::runtime_error(what + ": " + std::generic_category().message(error));
}

struct close_stream {
    void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using stream = std::unique_ptr<std::FILE, close_stream>;

// A file without a name that holds the script: unlike a pipe it can neither fill up nor break.
stream input_with(const std::string& script) {
    stream input(std::tmpfile());
    if (!input) fail("cannot make a temporary file for gnuplot", errno);
    if (std::fwrite(script.data(), 1, script.size(), input.get()) != script.size() ||
        std::fflush(input.get()) != 0) {
        fail("cannot write a temporary file for gnuplot", errno);
    }
    std::rewind(input.get());
    return input;
}

// Returns the exit status, or 128 + the signal.
int run(int input, int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    char program[] = "gnuplot";
    char* arguments[] = {program, nullptr};
    pid_t child = 0;
    const int error = posix_spawnp(&child, program, &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error == ENOENT) throw std::runtime_error(missing);
    if (error != 0) fail("cannot start gnuplot", error);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) fail("cannot wait for gnuplot", errno);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

void require_gnuplot() {
    const char* const path = std::getenv("PATH");
    std::string directories = path != nullptr ? path : "/usr/bin:/bin";
    directories += ':';
    for (std::size_t begin = 0; begin < directories.size();) {
        const std::size_t end = directories.find(':', begin);
        if (::access((directories.substr(begin, end - begin) + "/gnuplot").c_str(), X_OK) == 0) return;
        begin = end + 1;
    }
    throw std::runtime_error(missing);
}

void run_gnuplot(const std::string& script, const std::string& file) {
    const stream input = input_with(script);
    const stream output(std::fopen(file.c_str(), "wbe"));
    if (!output) fail("cannot make " + printable(file), errno);
    try {
        const int status = run(::fileno(input.get()), ::fileno(output.get()));
        if (status != 0) throw std::runtime_error("gnuplot ended with status " + std::to_string(status));
    } catch (...) {
        static_cast<void>(std::remove(file.c_str()));
        throw;
    }
}

}  // namespace example_common

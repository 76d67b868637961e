// SPDX-License-Identifier: MIT
#include "program/server_process.hpp"

#include "program/public_environment.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

namespace s3_program {
namespace {

void check(int error, const char* what) {
    if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

struct pipe_ends {
    pipe_ends() { check(::pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno, "making a pipe"); }
    ~pipe_ends() {
        for (const int end : ends) {
            if (end >= 0) ::close(end);
        }
    }
    pipe_ends(const pipe_ends&) = delete;
    pipe_ends& operator=(const pipe_ends&) = delete;

    std::array<int, 2> ends{-1, -1};  // to read from, to write to
};

struct spawn_plan {
    spawn_plan() {
        check(::posix_spawn_file_actions_init(&actions), "starting the server");
        check(::posix_spawnattr_init(&attributes), "starting the server");
    }
    ~spawn_plan() {
        ::posix_spawnattr_destroy(&attributes);
        ::posix_spawn_file_actions_destroy(&actions);
    }
    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

}  // namespace

server_process::server_process(const std::vector<std::string>& arguments) {
    pipe_ends input;
    pipe_ends output;
    start(arguments, input.ends[0], output.ends[1]);
    std::swap(input_, input.ends[1]);
    ::close(output.ends[1]);
    output.ends[1] = -1;  // now the line ends when the child does
    try {
        constexpr std::size_t word = sizeof "endpoint " - 1;
        const std::string line = first_line(output.ends[0]);
        if (!line.starts_with("endpoint ")) throw std::runtime_error("the demo's server did not start");
        endpoint_ = line.substr(word);
    } catch (...) {
        end();
        throw;
    }
}

server_process::~server_process() { end(); }

void server_process::start(const std::vector<std::string>& arguments, int input, int output) {
    std::vector<std::string> words{"penstock-s3", "serve"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::vector<std::string> variables = public_environment();
    std::vector<char*> environment;
    for (std::string& variable : variables) environment.push_back(variable.data());
    environment.push_back(nullptr);

    spawn_plan plan;
    check(::posix_spawn_file_actions_adddup2(&plan.actions, input, STDIN_FILENO), "starting the server");
    check(::posix_spawn_file_actions_adddup2(&plan.actions, output, STDOUT_FILENO), "starting the server");
    check(::posix_spawnattr_setflags(&plan.attributes, POSIX_SPAWN_SETPGROUP), "starting the server");
    check(::posix_spawnattr_setpgroup(&plan.attributes, 0), "starting the server");
    check(::posix_spawn(&child_, "/proc/self/exe", &plan.actions, &plan.attributes, argv.data(),
                        environment.data()),
          "starting the server");
}

std::string server_process::first_line(int output) const {
    std::string line;
    for (char letter = 0;;) {
        const ssize_t count = ::read(output, &letter, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0 || letter == '\n') return line;
        line += letter;
    }
}

void server_process::end() noexcept {
    if (input_ >= 0) ::close(input_);
    if (child_ <= 0) return;
    while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
    }
    child_ = -1;
}

}  // namespace s3_program

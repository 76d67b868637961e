// SPDX-License-Identifier: MIT
#include "program/server_process.hpp"

#include "program/public_environment.hpp"
#include "program/spawn_plan.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

namespace s3_program {

server_process::server_process(const std::vector<std::string>& arguments) {
    pipe_ends input;
    pipe_ends output;
    start(arguments, input.ends[0], output.ends[1]);
    std::swap(input_, input.ends[1]);
    output.close(1);  // now the line ends when the child does
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
    std::vector<std::string> words{"serve"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    spawn_plan plan;
    plan.give(input, STDIN_FILENO);
    plan.give(output, STDOUT_FILENO);
    child_ = plan.start(words, public_environment());
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

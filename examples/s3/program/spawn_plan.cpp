// SPDX-License-Identifier: MIT
#include "program/spawn_plan.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

extern char** environ;

namespace s3_program {
namespace {

void check(int error, const char* what) {
    if (error != 0) throw std::system_error(error, std::generic_category(), what);
}
constexpr const char* starting = "starting this program as a child";

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

pipe_ends::pipe_ends() { check(::pipe2(ends.data(), O_CLOEXEC) == 0 ? 0 : errno, "making a pipe"); }

pipe_ends::~pipe_ends() {
    close(0);
    close(1);
}

void pipe_ends::close(std::size_t which) noexcept {
    if (ends.at(which) >= 0) ::close(ends.at(which));
    ends.at(which) = -1;
}

spawn_plan::spawn_plan() {
    check(::posix_spawn_file_actions_init(&actions_), starting);
    check(::posix_spawnattr_init(&attributes_), starting);
}

spawn_plan::~spawn_plan() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
}

void spawn_plan::give(int ours, int descriptor) {
    check(::posix_spawn_file_actions_adddup2(&actions_, ours, descriptor), starting);
}

void spawn_plan::discard(int descriptor) {
    check(::posix_spawn_file_actions_addopen(&actions_, descriptor, "/dev/null", O_WRONLY, 0), starting);
}

pid_t spawn_plan::start(const std::vector<std::string>& arguments,
                        const std::vector<std::string>& variables) {
    std::vector<std::string> words{"penstock-s3"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<std::string> environment = variables;
    check(::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP), starting);
    check(::posix_spawnattr_setpgroup(&attributes_, 0), starting);
    pid_t child = -1;
    check(::posix_spawn(&child, "/proc/self/exe", &actions_, &attributes_, pointers_to(words).data(),
                        pointers_to(environment).data()),
          starting);
    return child;
}

std::vector<std::string> own_variables() {
    std::vector<std::string> variables;
    for (char** one = environ; one != nullptr && *one != nullptr; ++one) variables.emplace_back(*one);
    return variables;
}

}  // namespace s3_program

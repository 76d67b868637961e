// SPDX-License-Identifier: MIT
#include "local/process_group.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <future>
#include <system_error>

namespace lambda_local {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& from) {
    std::vector<char*> result;
    for (const std::string& one : from) result.push_back(const_cast<char*>(one.c_str()));
    result.push_back(nullptr);
    return result;
}

// Own group, default signal actions, none blocked; no descriptor of ours but the log.
class start_plan {
public:
    explicit start_plan(const std::string& directory) {
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
        posix_spawnattr_init(&attributes);
        sigset_t signals;
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&attributes, &signals);
        sigfillset(&signals);
        posix_spawnattr_setsigdefault(&attributes, &signals);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(
            &attributes,
            static_cast<short>(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    }
    ~start_plan() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }
    start_plan(const start_plan&) = delete;
    start_plan& operator=(const start_plan&) = delete;

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

pid_t start(const program& what) {
    const start_plan plan(what.directory);
    const auto arguments = pointers(what.command);
    const auto environment = pointers(what.environment);
    pid_t id = -1;
    const int error = ::posix_spawnp(&id, what.command.front().c_str(), &plan.actions, &plan.attributes,
                                    arguments.data(), environment.data());
    if (error == 0) return id;
    throw std::system_error(error, std::generic_category(),
                            "cannot start " + what.command.front() + " in " + what.directory);
}

// It stays a zombie until the destructor has killed its group: until then the group's number is nobody else's.
siginfo_t wait_for_end(pid_t id) {
    siginfo_t how{};
    while (::waitid(P_PID, static_cast<id_t>(id), &how, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    return how;
}

}  // namespace

// The program may ask the kernel to be killed when its parent dies (sandboxes do), and the kernel takes the thread that
// started it for the parent: it is the one that stays until the program has ended.
process_group::process_group(const program& what, std::function<void()> ended) {
    std::promise<pid_t> started;
    std::future<pid_t> id = started.get_future();
    watching_ = std::thread([&what, told = std::move(ended), started = std::move(started)]() mutable {
        pid_t mine = -1;
        try {
            mine = start(what);
        } catch (...) {
            return started.set_exception(std::current_exception());
        }
        started.set_value(mine);  // `what` is gone from here on
        (void)wait_for_end(mine);
        told();
    });
    try {
        id_ = id.get();
    } catch (...) {
        watching_.join();
        throw;
    }
}

process_group::~process_group() {
    kill();
    watching_.join();
    while (::waitpid(id_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void process_group::send(int signal) const { ::kill(-id_, signal); }
void process_group::freeze() const { send(SIGSTOP); }
void process_group::thaw() const { send(SIGCONT); }
void process_group::kill() const { send(SIGKILL); }

void process_group::ask_to_end() const {
    send(SIGTERM);
    thaw();
}

int process_group::exit_status() const {
    const siginfo_t how = wait_for_end(id_);
    return how.si_code == CLD_EXITED ? how.si_status : 128 + how.si_status;
}

}  // namespace lambda_local

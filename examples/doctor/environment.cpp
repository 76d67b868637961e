// SPDX-License-Identifier: MIT
#include "environment.hpp"

#include "limits.hpp"
#include "os/cpu_affinity.hpp"
#include "os/cpu_count.hpp"
#include "os/file_descriptor.hpp"
#include "os/pipe.hpp"
#include "os/system_calls.hpp"
#include "os/thread_count.hpp"

#include <penstock/fork_map.hpp>

#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <exception>
#include <system_error>

namespace doctor {
namespace {

namespace os = penstock::os;

// "works", or the errno of the call that did not.
std::string works(bool does, int error) {
    if (does) return "works";
    const char* name = ::strerrorname_np(error);
    return std::string("refused: ") + (name != nullptr ? name : "?") + " (" + std::strerror(error) + ")";
}
std::string opens(const os::file_descriptor& descriptor) { return works(static_cast<bool>(descriptor), errno); }

std::string cpu_quota() {
    const auto quota = os::cgroup_cpu_limit("");
    return quota ? std::to_string(*quota) + " (rounded up)" : no_limit();
}

std::string affinity() try {
    return std::to_string(os::cpu_affinity::of(::getpid()).count());
} catch (const std::system_error& e) {
    return e.what();
}

finding shared_memory_directory() {
    const bool there = ::access("/dev/shm", W_OK) == 0;
    return {"/dev/shm", there ? "there" : "missing", "never used"};
}

finding named_semaphores() {
    const std::string name = "/penstock-doctor-" + std::to_string(::getpid());
    sem_t* made = ::sem_open(name.c_str(), O_CREAT | O_EXCL, 0600, 1);
    const int error = errno;
    if (made != SEM_FAILED) {
        ::sem_close(made);
        ::sem_unlink(name.c_str());
    }
    return {"sem_open", works(made != SEM_FAILED, error), "never used"};
}

finding memory_files() {
    const os::file_descriptor file{os::calls().memfd_create("doctor", MFD_CLOEXEC)};
    return {"memfd_create", opens(file), "batches of short tasks"};
}

finding unnamed_files() {
    const os::file_descriptor file{os::calls().open("/tmp", O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC)};
    return {"O_TMPFILE in /tmp", opens(file), "the same, where there is no memfd_create"};
}

finding pidfds() {
    const os::file_descriptor self{os::calls().pidfd_open(::getpid(), 0)};
    return {"pidfd_open", opens(self), self ? "tells of deaths at once" : "missing: deaths are looked for every 20 ms"};
}

finding packets() try {
    const os::pipe_ends pipe = os::make_pipe();
    os::set_packet_mode(pipe.write_end.get(), true);
    return {"pipes in packet mode", "work", "tasks can wait at a worker and be taken back"};
} catch (const std::system_error& e) {
    return {"pipes in packet mode", e.what(), "one task at a time at a worker"};
}

finding pipe_sizes() try {
    const os::pipe_ends pipe = os::make_pipe();
    const int usual = ::fcntl(pipe.write_end.get(), F_GETPIPE_SZ);
    const std::string largest = first_line_of("/proc/sys/fs/pipe-max-size");
    return {"pipe size", size_text(static_cast<std::uint64_t>(usual)) + (largest.empty() ? "" : ", at most " + size_text(std::stoull(largest)) + " (F_SETPIPE_SZ)")};
} catch (const std::system_error& e) {
    return {"pipe size", "not known", e.what()};
}

finding landlock() {
#ifdef SYS_landlock_create_ruleset
    constexpr unsigned ask_version = 1;
    const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, ask_version);
    return {"landlock", version > 0 ? "version " + std::to_string(version) : works(false, errno), "not used"};
#else
    return {"landlock", "not known when this was compiled", "not used"};
#endif
}

// Asked by a process of its own, which it would change.
finding user_namespaces() try {
    const auto make = [](int flags) { return ::unshare(flags) == 0 ? 0 : errno; };
    const int error = penstock::fork_map(make, std::array{CLONE_NEWUSER}).front();
    return {"user namespaces", works(error == 0, error), "not used"};
} catch (const std::exception& e) {
    return {"user namespaces", "not known", e.what()};
}

finding proc() {
    const std::size_t threads = os::thread_count();
    if (threads == 0 && errno == EMFILE) return {"/proc", "not known", "there is no free descriptor to look with"};
    if (threads == 0) return {"/proc", "missing", "fork_map and the fork server cannot see whether there are threads"};
    return {"/proc", "readable", "this process has " + std::to_string(threads) + (threads == 1 ? " thread" : " threads")};
}

}  // namespace

std::vector<finding> look_at_environment() {
    std::vector<finding> all{{"CPUs by affinity", affinity()}, {"CPU quota of the cgroup", cpu_quota()}};
    for (finding& limit : look_at_limits()) all.push_back(std::move(limit));
    for (const auto look : {proc, shared_memory_directory, named_semaphores, memory_files, unnamed_files, pidfds, packets,
                            pipe_sizes, landlock, user_namespaces})
        all.push_back(look());
    return all;
}

}  // namespace doctor

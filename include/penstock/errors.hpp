// SPDX-License-Identifier: MIT
// Every exception that Penstock throws of its own: one shallow tree under penstock::error, itself a
// std::runtime_error. An exception thrown by a task comes back as its nearest standard type and, beside it, as a
// remote_info; catch that to learn where it came from. All classes are plain values: any thread may copy them.
#pragma once

#include <sys/types.h>

#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace penstock {

/// The root of the tree.
class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A process pool was built before penstock::init ran in this very process (or init was forgotten).
class not_initialized : public error {
public:
    using error::error;
};

/// A worker process could not be started: names the executable and the errno of the call that failed.
class start_error : public error {
public:
    start_error(const std::string& what, std::string path, int error_number)
        : error(what + " '" + path + "': " + std::generic_category().message(error_number)),
          path_(std::move(path)), error_number_(error_number) {}
    const std::string& path() const noexcept { return path_; }
    std::error_code code() const noexcept { return {error_number_, std::generic_category()}; }

private:
    std::string path_;
    int error_number_;
};

/// The pool was shut down; it takes no more work, and what was pending under `kill` ends with this too.
class pool_closed : public error {
public:
    using error::error;
};

/// The pool gave up: its initializer failed, or workers died before they were ready more often than its budget.
class pool_broken : public error {
public:
    pool_broken(const std::string& what, std::vector<std::string> causes)
        : error(what), causes_(std::move(causes)) {}
    /// Why, oldest first, one sentence each.
    const std::vector<std::string>& causes() const noexcept { return causes_; }

private:
    std::vector<std::string> causes_;
};

/// The task was cancelled: before it ran, or by cancel(force) while it did.
class task_cancelled : public error {
public:
    using error::error;
};

/// A deadline passed.
class task_timeout : public error {
public:
    explicit task_timeout(const std::string& what, std::vector<std::string> attempts = {})
        : error(what), attempts_(std::move(attempts)) {}
    /// With a retry_policy: how each attempt ended, oldest first.
    const std::vector<std::string>& attempts() const noexcept { return attempts_; }

private:
    std::vector<std::string> attempts_;
};

/// The bound on pending work is reached and waiting is not possible here.
class queue_full : public error {
public:
    using error::error;
};

/// The worker that ran this task ended before it answered. Only this task is lost.
class worker_died : public error {
public:
    struct details {
        pid_t pid = 0;
        int signal = 0;       ///< the signal that ended it, or 0
        int exit_status = -1; ///< its exit status, or -1 when a signal ended it or the status is not known
        std::string label;    ///< the task's label
        std::string hint;     ///< what probably happened, when there is reason to believe it
        std::vector<std::string> attempts = {}; ///< with a retry_policy: how each attempt ended, oldest first
    };
    worker_died(const std::string& what, details d) : error(what), details_(std::move(d)) {}
    pid_t pid() const noexcept { return details_.pid; }
    int signal() const noexcept { return details_.signal; }
    int exit_status() const noexcept { return details_.exit_status; }
    const std::string& label() const noexcept { return details_.label; }
    const std::string& hint() const noexcept { return details_.hint; }
    const std::vector<std::string>& attempts() const noexcept { return details_.attempts; }

private:
    details details_;
};

/// Which of the four crossings failed.
enum class payload_side { argument_encode, argument_decode, result_encode, result_decode };

/// An argument, a result or an exception did not serialize or deserialize. Names the side and the type.
class payload_error : public error {
public:
    payload_error(payload_side side, std::string type_name, const std::string& reason);
    payload_side side() const noexcept { return side_; }
    const std::string& type_name() const noexcept { return type_name_; }

private:
    payload_side side_;
    std::string type_name_;
};

/// Where an exception came from. It has no standard base on purpose: a second path to std::exception would make
/// `catch (std::exception&)` miss. Every exception that crosses from a worker can be caught as this.
struct remote_info {
    std::string type_name; ///< the type as it was thrown, in the source's spelling
    pid_t worker_pid = 0;  ///< the process that threw
    std::string label;     ///< the task's label
    std::string trace;     ///< a stack trace when one is available, else empty
};

/// What a task threw when no standard type stands for it: an int, a type of the user's own that has no standard
/// base, or a penstock::error, which thus never looks like an error of the outer pool.
class remote_exception : public error, public remote_info {
public:
    remote_exception(const std::string& what, remote_info info) : error(what), remote_info(std::move(info)) {}
};

} // namespace penstock

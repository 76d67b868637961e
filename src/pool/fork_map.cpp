// SPDX-License-Identifier: MIT
// The engine of fork_map: as many children at once as there may be, each with a pipe of its own.
//
//   answer := size:u64 body        `size` of the body, which the child's forked_calls::run wrote
//
// A child is over when it is dead, not when its pipe ends (a grandchild may hold that): then the pipe is emptied, and what
// is there is the whole answer or none.
#include <penstock/fork_map.hpp>

#include "os/child_process.hpp"
#include "os/cpu_count.hpp"
#include "os/executable.hpp"
#include "os/parental_control.hpp"
#include "os/pipe.hpp"
#include "os/system_calls.hpp"
#include "os/thread_count.hpp"
#include "pool/longest_wait.hpp"
#include "pool/worker_end.hpp"
#include "wire/exit_code.hpp"

#include <penstock/errors.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <functional>
#include <iostream>
#include <iterator>
#include <list>
#include <new>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace penstock {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using detail::byte_buffer;
using detail::forked_calls;

constexpr std::size_t head_size = sizeof(std::uint64_t);
constexpr std::size_t piece = 256 * 1024; // what is read of one child before the others have their turn
constexpr auto without_pidfd = 20ms;      // how often to look for deaths where the kernel does not tell

/// What the C and C++ streams hold is neither printed twice by a fork nor lost by _exit. To flush all C streams is to wait
/// for each that another thread reads.
void flush_output(bool all_streams) noexcept {
    try {
        std::cout.flush();
        std::clog.flush();
    } catch (...) { // the stream is in error, and remembers it
    }
    if (all_streams) {
        std::fflush(nullptr);
    } else {
        std::fflush(stdout);
        std::fflush(stderr);
    }
}

bool write_all(int fd, const std::byte* data, std::size_t size) noexcept {
    while (size != 0) {
        const os::io_result written = os::write_some(fd, data, size);
        if (written.status != os::io_status::ok) return false;
        data += written.bytes;
        size -= written.bytes;
    }
    return true;
}

/// The flat bytes, with the borrowed pieces in their places.
bool write_answer(int fd, byte_buffer& flat, const std::vector<detail::borrowed_piece>& borrowed) noexcept {
    std::uint64_t size = flat.size() - head_size;
    for (const detail::borrowed_piece& each : borrowed) size += each.size;
    std::memcpy(flat.data(), &size, sizeof size);
    std::size_t at = 0;
    for (const detail::borrowed_piece& each : borrowed) {
        if (!write_all(fd, flat.data() + at, each.at - at)) return false;
        if (!write_all(fd, static_cast<const std::byte*>(each.data), each.size)) return false;
        at = each.at;
    }
    return write_all(fd, flat.data() + at, flat.size() - at);
}

/// The whole life of a child; its exit code.
int run_in_child(forked_calls& calls, int answers, bool all_streams) noexcept {
    os::leave_interrupts_to_parent();
    const pid_t self = ::getpid();
    byte_buffer flat;
    std::vector<detail::borrowed_piece> borrowed;
    try {
        flat.resize_uninitialized(head_size);
        borrowed = calls.run(flat);
    } catch (...) { // nothing is caught where pthread_exit unwinds; that goes no further than this
        ::_exit(std::current_exception() != nullptr ? wire::exit_out_of_memory : wire::exit_thread_ended);
    }
    if (::getpid() != self) return wire::exit_forked_child;
    flush_output(all_streams);
    return write_answer(answers, flat, borrowed) ? 0 : wire::exit_lost_connection;
}

/// A call under way.
class forked_child {
public:
    explicit forked_child(std::size_t place) : place_(place) {}

    /// `body` gets the descriptor for the answer.
    void start(const std::function<int(int)>& body) {
        os::pipe_ends ends = make_pipe();
        answers_ = std::move(ends.read_end);
        process_.emplace(os::child_process::fork([&] { return body(ends.write_end.get()); }));
    }

    std::size_t place() const noexcept { return place_; }
    os::child_process& process() noexcept { return *process_; }
    /// -1 when there is nothing to read any more.
    int answers() const noexcept { return answers_.get(); }

    bool has_whole_answer() const noexcept { return answer_.size() >= head_size && answer_.size() - head_size == announced(); }
    std::span<const std::byte> answer() const noexcept { return answer_.bytes().subspan(head_size); }
    /// Why the answer is refused; empty when it is not.
    const std::string& objection() const noexcept { return objection_; }

    /// Reads some of what there is; false when there was nothing.
    bool receive(std::uint64_t largest) try {
        if (!answers_) return false;
        make_room();
        const os::io_result got = os::read_some(answers_.get(), answer_.data() + answer_.size(), answer_.capacity() - answer_.size());
        if (got.status == os::io_status::would_block) return false;
        if (got.status != os::io_status::ok) return answers_.reset(), false;
        answer_.resize_uninitialized(answer_.size() + got.bytes);
        check(largest);
        return true;
    } catch (const std::bad_alloc&) {
        refuse("there is no memory for it");
        return false;
    }

private:
    static os::pipe_ends make_pipe() try {
        os::pipe_ends ends = os::make_pipe();
        os::set_nonblocking(ends.read_end.get(), true);
        return ends;
    } catch (const std::system_error& failure) {
        throw start_error("cannot make a pipe for a copy of", os::describe_path(), failure.code().value());
    }
    std::uint64_t announced() const noexcept {
        std::uint64_t size = 0;
        std::memcpy(&size, answer_.data(), sizeof size);
        return size;
    }
    /// Memory grows with what has come, up to what was announced and a byte that should not come.
    void make_room() {
        const std::size_t size = answer_.size();
        if (size != 0 && size < answer_.capacity()) return; // a pipe brings little at a time
        std::size_t capacity = std::max(piece, 2 * size);
        if (size >= head_size && announced() < capacity) capacity = std::max<std::size_t>(announced() + head_size, size) + 1;
        answer_.reserve(capacity);
    }
    void check(std::uint64_t largest) {
        if (answer_.size() < head_size) return;
        if (announced() > largest)
            refuse("it has " + std::to_string(announced()) + " bytes; fork_map_options.max_payload is " + std::to_string(largest));
        else if (answer_.size() - head_size > announced()) refuse("its process wrote more than it announced");
    }
    /// It is not wanted, whatever else comes.
    void refuse(const char* why) { refuse(std::string(why)); }
    void refuse(std::string why) {
        objection_ = std::move(why);
        answers_.reset();
        process_->send_signal(SIGKILL);
    }

    std::size_t place_;
    std::optional<os::child_process> process_;
    os::file_descriptor answers_;
    byte_buffer answer_;
    std::string objection_;
};

class fork_map_run {
public:
    fork_map_run(const fork_map_options& options, forked_calls& calls)
        : options_(options), calls_(calls), width_(options.max_workers != 0 ? options.max_workers : os::available_cpus()) {
        if (options.timeout < 0ns) throw std::invalid_argument("penstock: fork_map_options.timeout is negative");
        if (options.timeout > 0ns) deadline_ = clock::now() + std::min(options.timeout, pool::longest_wait);
    }
    /// Nothing is left running or unreaped, whatever was thrown.
    ~fork_map_run() {
        kill_all();
        for (forked_child& each : children_)
            while (!each.process().try_reap()) ::usleep(1000);
    }
    fork_map_run(const fork_map_run&) = delete;
    fork_map_run& operator=(const fork_map_run&) = delete;

    void run() {
        while (start_some(), !children_.empty()) {
            wait();
            if (is_late()) expire();
            auto flags = polled_.begin();
            for (auto child = children_.begin(); child != children_.end(); flags += 2) child = look_at(child, flags[0], flags[1]);
        }
        if (is_read_) calls_.failed(started_++, time_is_up());
        while (late_ && calls_.skip()) calls_.failed(started_++, time_is_up());
    }

private:
    using position = std::list<forked_child>::iterator;

    bool is_late() const { return deadline_ && clock::now() >= *deadline_; }
    void expire() noexcept {
        if (!std::exchange(late_, true)) kill_all();
    }
    void kill_all() noexcept {
        for (forked_child& each : children_) each.process().send_signal(SIGKILL);
    }

    /// As many as there may be. Where no process or pipe is to be had, the next child that ends may leave what it takes.
    void start_some() {
        while (children_.size() < width_) {
            if (is_late()) return expire();
            const int unseen = check_threads();
            if (!is_read_ && !(is_read_ = calls_.next())) return;
            try {
                start_one(unseen);
            } catch (const std::exception&) {
                if (!children_.empty()) return;
                calls_.failed(started_, std::current_exception());
            }
            ++started_;
            is_read_ = false;
        }
    }
    void start_one(int unseen) {
        if (unseen != 0) throw start_error("cannot count the threads before a fork of", os::describe_path(), unseen);
        const bool all_streams = !options_.allow_threads || os::thread_count() == 1;
        flush_output(all_streams);
        forked_child& child = children_.emplace_back(started_);
        try {
            child.start([this, all_streams](int answers) {
                children_.clear(); // their descriptors, that is
                return run_in_child(calls_, answers, all_streams);
            });
        } catch (...) {
            children_.pop_back();
            throw;
        }
    }
    /// 0, or the error for which it cannot be seen just now: no pipe is to be had then either.
    int check_threads() const {
        if (options_.allow_threads || os::is_single_threaded()) return 0;
        const std::size_t threads = os::thread_count();
        if (threads == 0 && (errno == EMFILE || errno == ENFILE)) return errno;
        const std::string count = threads == 0 ? "nobody can say how many threads this process has (no /proc)"
                                               : "this process has " + std::to_string(threads) + " threads";
        throw error("penstock: fork_map forks, and " + count +
                    ": a lock that another thread holds, malloc's say, would stay locked in the copies for ever. Call it before "
                    "threads are started, use a process_pool, or set fork_map_options.allow_threads if the calls take no "
                    "such lock");
    }

    /// Two entries a child: its answer, and its end.
    void wait() {
        polled_.clear();
        bool has_blind = false;
        for (forked_child& each : children_) {
            polled_.push_back({each.answers(), POLLIN, 0});
            polled_.push_back({each.process().pidfd(), POLLIN, 0});
            has_blind = has_blind || each.process().pidfd() < 0;
        }
        int milliseconds = -1;
        if (has_blind) milliseconds = static_cast<int>(without_pidfd / 1ms);
        if (deadline_ && !late_) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline_ - clock::now());
            const int until = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000));
            milliseconds = has_blind ? std::min(milliseconds, until) : until;
        }
        os::calls().poll(polled_.data(), polled_.size(), milliseconds); // interrupted: nothing is due, and it is asked again
    }

    position look_at(position child, const pollfd& answer, const pollfd& end) {
        if (answer.revents != 0) child->receive(options_.max_payload);
        if (end.fd >= 0 && end.revents == 0) return std::next(child);
        const auto status = child->process().try_reap();
        if (!status) return std::next(child);
        while (child->receive(options_.max_payload)) {
        }
        end_of(*child, *status);
        return children_.erase(child);
    }
    void end_of(forked_child& child, const os::exit_status& status) {
        if (!child.objection().empty())
            return calls_.failed(child.place(), std::make_exception_ptr(payload_error(payload_side::result_decode,
                                                                                      std::string(calls_.result_type()), child.objection())));
        if (child.has_whole_answer()) return calls_.answered(child.place(), child.answer());
        calls_.failed(child.place(), late_ ? time_is_up() : death_of(child.process().pid(), status));
    }
    std::exception_ptr time_is_up() const {
        return std::make_exception_ptr(task_timeout("penstock: the call" + pool::with_label(options_.label) +
                                                    " had not ended when fork_map's timeout of " + pool::readable(options_.timeout) +
                                                    " was over"));
    }
    std::exception_ptr death_of(pid_t pid, const os::exit_status& status) const {
        const bool is_out_of_memory = status.kind == os::exit_status::how::exited && status.value == wire::exit_out_of_memory;
        worker_died::details details{pid, 0, -1, options_.label, {}, {}};
        details.hint = pool::hint_for(status, is_out_of_memory ? "there was no memory for its result" : "");
        if (status.kind == os::exit_status::how::signalled) details.signal = status.value;
        if (status.kind == os::exit_status::how::exited) details.exit_status = status.value;
        std::string what = "process " + std::to_string(pid) + " died while it ran the call" + pool::with_label(options_.label) +
                           ": " + pool::describe_end(status);
        if (!details.hint.empty()) what += "; " + details.hint;
        return std::make_exception_ptr(worker_died(what, std::move(details)));
    }

    const fork_map_options& options_;
    forked_calls& calls_;
    std::size_t width_;
    std::optional<clock::time_point> deadline_;
    std::list<forked_child> children_; // that run
    std::vector<pollfd> polled_;
    std::size_t started_ = 0; // the place of the next item
    bool is_read_ = false;    // it was read and is still to be started
    bool late_ = false;
};

} // namespace

void detail::run_forked(const fork_map_options& options, forked_calls& calls) { fork_map_run(options, calls).run(); }

} // namespace penstock

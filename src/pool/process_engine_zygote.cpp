// SPDX-License-Identifier: MIT
// start_method::forkserver: workers that wait for a process, the zygote that forks one after the other, and what becomes
// of both when it dies. The I/O thread, under the lock but where it talks to the kernel for long.
//
//   to_fork_ ----> zygote_->fork ----answer----> install
//                  (forking_)    ----it has threads----> fall_back: to_start_, by spawn for good
#include "pool/process_engine.hpp"

#include "os/system_calls.hpp"
#include "pool/longest_wait.hpp"
#include "pool/output_pipes.hpp"
#include "pool/worker_end.hpp"
#include "wire/worker_argument.hpp"

#include <penstock/errors.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace penstock::pool {

using clock = std::chrono::steady_clock;

namespace {

constexpr std::uint64_t socket_key = 1; // beside 0, the wake-up; workers have greater ones
constexpr std::uint64_t death_key = 2;

/// Empty when this process can hold pidfds; without them nobody could tell when a worker of another parent dies.
std::string why_no_pidfd() {
    const os::file_descriptor probe(os::calls().pidfd_open(getpid(), 0));
    const bool for_a_moment = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
    if (probe || for_a_moment) return {};
    return std::string("pidfd_open does not work here (") + std::strerror(errno) + ")";
}

} // namespace

/// One step further with what waits for the zygote.
void process_engine::fork_workers(std::unique_lock<std::mutex>& lock) {
    drop_unwanted();
    if (to_fork_.empty()) return;
    if (!zygote_) start_zygote(lock);
    else if (zygote_->can_fork()) fork_next(lock);
}

/// Workers that were let go, or have waited too long, before they were there.
void process_engine::drop_unwanted() {
    const auto is_wanted = [this](std::size_t worker) { return dispatcher_->wants(worker) && !records_[worker].doomed; };
    const auto end = std::stable_partition(to_fork_.begin(), to_fork_.end(), is_wanted);
    std::vector<std::size_t> unwanted(end, to_fork_.end());
    to_fork_.erase(end, to_fork_.end());
    if (zygote_ && zygote_->forking() && records_[*zygote_->forking()].doomed) unwanted.push_back(*zygote_->give_up_fork());
    for (const std::size_t worker : unwanted) not_started(worker);
}

void process_engine::not_started(std::size_t worker) {
    const auto doomed = std::exchange(records_[worker].doomed, std::nullopt);
    if (doomed && !doomed->empty()) note_cause("a worker was not forked: " + *doomed);
    dispatcher_->died(worker, {}, clock::now());
    tried_start();
}

void process_engine::start_zygote(std::unique_lock<std::mutex>& lock) {
    if (const std::string why = why_no_pidfd(); !why.empty()) return fall_back(why);
    std::optional<start_error> failure;
    lock.unlock();
    try {
        os::start_request request{command_.path, own_arguments(wire::zygote_argument), -1, -1, &environment_};
        if (options_.output.mode == output_mode::discard) request.stdout_fd = request.stderr_fd = os::stream_discarded;
        zygote_ = std::make_unique<zygote_client>(std::move(request), zygote_boot_, options_.start_timeout);
        watch_zygote();
    } catch (const start_error& e) {
        failure = e;
    } catch (const std::system_error& e) {
        failure.emplace(std::string("cannot start the zygote (") + e.what() + ")", command_.path, e.code().value());
    }
    lock.lock();
    if (!failure) return write_to_zygote();
    if (zygote_) end_zygote_at_once();
    for (const std::size_t worker : std::exchange(to_fork_, {})) {
        start_failed(worker, *failure);
        tried_start();
    }
}

void process_engine::watch_zygote() {
    poller_.add(zygote_->socket(), socket_key, true, false);
    if (zygote_->process().pidfd() >= 0) poller_.add(zygote_->process().pidfd(), death_key, true, false);
}

void process_engine::unwatch_zygote() noexcept {
    poller_.remove(zygote_->socket());
    if (zygote_->process().pidfd() >= 0) poller_.remove(zygote_->process().pidfd());
}

void process_engine::write_to_zygote() {
    const bool more = zygote_->continue_boot();
    poller_.change(zygote_->socket(), socket_key, true, more);
}

void process_engine::fork_next(std::unique_lock<std::mutex>& lock) {
    const std::size_t worker = to_fork_.front();
    to_fork_.pop_front();
    record fresh;
    int error = 0;
    lock.unlock();
    try {
        os::start_request streams;
        const output_pipes printed(options_.output.mode, streams, fresh.output, delivery_);
        error = zygote_->fork(worker, os::channel(shared_bytes_), streams.stdout_fd, streams.stderr_fd);
    } catch (const std::system_error& e) {
        error = e.code().value();
    }
    lock.lock();
    if (error != 0) return fork_failed(worker, error);
    forking_ = std::move(fresh);
}

void process_engine::fork_failed(std::size_t worker, int error) {
    start_failed(worker, start_error("cannot fork a worker from the zygote", command_.path, error));
    tried_start();
}

void process_engine::handle_zygote(std::uint64_t key) {
    if (!zygote_) return; // it died in the same round of events
    if (key == death_key) return reap_zygote();
    hear_zygote();
    if (zygote_->has_boot_to_send()) write_to_zygote();
}

void process_engine::hear_zygote() {
    while (auto answer = zygote_->receive()) take_answer(std::move(*answer));
}

void process_engine::take_answer(zygote_answer&& answer) {
    using kind = zygote_answer::kind;
    switch (answer.what) {
    case kind::ready: return;
    case kind::preload_failed:
        note_cause("preload threw: " + answer.text);
        return break_down("preload failed: " + answer.text);
    case kind::forked: return install_forked(std::move(answer));
    case kind::fork_failed:
        forking_ = {};
        if (answer.worker) fork_failed(*answer.worker, answer.number);
        return;
    case kind::threads:
        forking_ = {};
        if (answer.worker) to_fork_.push_front(*answer.worker);
        return fall_back(answer.number == 0 ? "the zygote cannot count its threads (is /proc mounted?)"
                                            : "the zygote has " + std::to_string(answer.number) + " threads (did preload start "
                                              "one?), and only a process with one can be forked safely");
    case kind::closed: return poller_.remove(zygote_->socket()); // it would report the same for ever
    }
}

void process_engine::install_forked(zygote_answer&& answer) {
    record fresh = std::exchange(forking_, {});
    fresh.slot = std::make_unique<worker_slot>(std::move(*answer.pipes), std::move(answer.process), boot_);
    fresh.is_forked = true;
    install(*answer.worker, std::move(fresh));
    tried_start();
}

/// From now on workers are spawned, and each has to run preload itself.
void process_engine::fall_back(const std::string& why) {
    start_ = start_method::spawn;
    boot_.has_preload = zygote_boot_.has_preload;
    boot_.preload = zygote_boot_.preload;
    boot_.preload_arguments = zygote_boot_.preload_arguments;
    report(pool_event_kind::fell_back, to_fork_.empty() ? 0 : to_fork_.front(), [&](pool_event& event) { event.reason = why; });
    to_start_.insert(to_start_.end(), to_fork_.begin(), to_fork_.end());
    to_fork_.clear();
    if (zygote_) zygote_->retire({}); // not before its workers
}

/// Lets the zygote go when the pool ends or is broken, and makes it when it takes too long.
void process_engine::tend_zygote() {
    if (!zygote_) return;
    const auto now = clock::now();
    const auto grace = std::min(options_.grace, longest_wait);
    if (dispatcher_->finished() || dispatcher_->broken()) zygote_->retire(now + grace);
    // Where everything is dropped nobody waits for a preload or a fork that may hang.
    if (dispatcher_->dropping() && !zygote_->is_idle()) zygote_->kill({});
    zygote_->check(now);
    if (zygote_->process().pidfd() < 0) reap_zygote();
}

/// The zygote is dead, and its workers are or will be in a moment: PDEATHSIG. Each is a death of its own to the pool.
void process_engine::reap_zygote() {
    const auto status = zygote_->process().try_reap();
    if (!status) return;
    hear_zygote();
    unwatch_zygote();
    const std::string what = "its zygote (process " + std::to_string(zygote_->process().pid()) + ") died: " +
                             (zygote_->reason().empty() ? describe_end(*status) : zygote_->reason());
    for (std::size_t worker = 0; worker != records_.size(); ++worker) {
        record& place = records_[worker];
        if (place.slot && place.is_forked) reap(worker); // one that died before has its own story
        if (place.slot && place.is_forked && place.reason.empty()) place.reason = what;
    }
    zygote_->orphan_workers();
    const bool was_starting = !zygote_->was_ready() && !zygote_->retired();
    std::vector<std::size_t> lost;
    if (const auto worker = zygote_->give_up_fork()) lost.push_back(*worker);
    if (was_starting) lost.insert(lost.end(), to_fork_.begin(), to_fork_.end()), to_fork_.clear();
    zygote_.reset();
    forking_ = {};
    if (!lost.empty() && !dispatcher_->dropping()) note_cause("a worker was not forked, as " + what);
    for (const std::size_t worker : lost) not_started(worker);
}

/// For a zygote that cannot be watched: kills it and waits for its end, which is near.
void process_engine::end_zygote_at_once() noexcept {
    if (!zygote_) return;
    unwatch_zygote();
    zygote_->kill({});
    while (!zygote_->process().try_reap()) usleep(1000);
    zygote_->orphan_workers();
    zygote_.reset();
    forking_ = {};
}

} // namespace penstock::pool

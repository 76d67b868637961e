// SPDX-License-Identifier: MIT
// The I/O thread of the engine: it starts workers, reads their answers, notices their deaths and keeps the deadlines. It
// never blocks but in the poller, never decodes a payload and never runs a user's code.
#include "pool/process_engine.hpp"

#include "wire/exit_code.hpp"
#include "wire/remote_error.hpp"
#include "wire/worker_argument.hpp"

#include <penstock/errors.hpp>

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

namespace penstock::pool {

using namespace std::chrono_literals;
using wire::frame_kind;
using clock = std::chrono::steady_clock;

namespace {

constexpr auto without_pidfd = 20ms; // how often to look for deaths where the kernel does not tell
constexpr auto after_hang_up = 100ms; // a worker that closed its pipe is given this long to end by itself

std::vector<std::string> worker_arguments(const os::self_command& command) {
    std::vector<std::string> arguments = command.loader_arguments;
    if (arguments.empty()) arguments.emplace_back(program_invocation_name);
    arguments.push_back(std::string(wire::worker_argument) + std::to_string(getpid()));
    return arguments;
}

/// "For ever" may be spelled nanoseconds::max().
clock::time_point later(clock::time_point now, std::chrono::nanoseconds wait) {
    return wait < clock::time_point::max() - now ? now + wait : clock::time_point::max();
}

std::string describe(const os::exit_status& status) {
    switch (status.kind) {
    case os::exit_status::how::exited: return "exit status " + std::to_string(status.value);
    case os::exit_status::how::signalled: return "signal " + std::to_string(status.value) + " (" + strsignal(status.value) + ")";
    case os::exit_status::how::unknown: break;
    }
    return "status unknown, as somebody else reaped it (is SIGCHLD ignored?)";
}

std::string hint_for(const os::exit_status& status, const std::string& reason) {
    if (!reason.empty()) return reason;
    if (status.kind == os::exit_status::how::signalled && status.value == SIGKILL)
        return "killed from outside; when nobody did, look for the kernel's out-of-memory killer in its log";
    if (status.kind != os::exit_status::how::exited) return {};
    switch (status.value) {
    case wire::exit_lost_connection: return "the task closed or damaged the worker's pipes";
    case wire::exit_thread_ended: return "the task called pthread_exit";
    case 0: return "the task called exit(0)";
    default: return {};
    }
}

} // namespace

std::uint64_t process_engine::make_key(std::size_t worker, std::uint32_t generation, source from) {
    return (std::uint64_t{generation} << 32) | ((worker + 1) << 2) | static_cast<std::uint64_t>(from); // 0 is the wake-up
}

void process_engine::run() noexcept {
    std::unique_lock lock(mutex_);
    try {
        loop(lock);
    } catch (const std::exception& e) {
        if (!lock.owns_lock()) lock.lock();
        give_up(e.what());
    }
    publish(lock);
    ended_ = true;
    changed_.notify_all();
}

void process_engine::loop(std::unique_lock<std::mutex>& lock) {
    for (;;) {
        start_workers(lock);
        dispatcher_->tick(clock::now());
        check_deadlines();
        collect_abandoned();
        if (dispatcher_->finished() && resolved_.empty()) return;
        std::optional<std::chrono::nanoseconds> timeout;
        if (const auto due = next_deadline()) timeout = std::max<std::chrono::nanoseconds>(*due - clock::now(), 0ns);
        if (!to_start_.empty()) timeout = 0ns;
        publish(lock);
        lock.unlock();
        const auto events = poller_.wait(timeout);
        lock.lock();
        for (const os::poller::event& event : events) handle(event.key, lock);
    }
}

/// Wakes whoever waits for what was resolved, without the lock.
void process_engine::publish(std::unique_lock<std::mutex>& lock) {
    if (resolved_.empty()) return;
    std::vector<work_item*> finished;
    finished.swap(resolved_);
    lock.unlock();
    for (work_item* item : finished) item->finish();
    lock.lock();
    open_ -= finished.size();
    if (open_ == 0) changed_.notify_all();
    finished.clear();
    if (resolved_.empty()) resolved_.swap(finished); // keep its memory
}

void process_engine::start_workers(std::unique_lock<std::mutex>& lock) {
    while (!to_start_.empty()) {
        const std::size_t worker = to_start_.back();
        to_start_.pop_back();
        if (!dispatcher_->wants(worker)) { // shut down or broken before its turn came
            dispatcher_->died(worker, {}, clock::now());
        } else {
            lock.unlock();
            std::unique_ptr<worker_slot> slot;
            std::optional<start_error> failure;
            try {
                slot = std::make_unique<worker_slot>(os::start_request{command_.path, worker_arguments(command_), -1, -1}, boot_);
            } catch (const start_error& e) {
                failure = e;
            } catch (const std::system_error& e) {
                failure.emplace(std::string("cannot start a worker (") + e.what() + ")", command_.path, e.code().value());
            }
            lock.lock();
            if (failure) start_failed(worker, *failure);
            else install(worker, std::move(slot));
        }
        if (first_starts_ != 0 && --first_starts_ == 0) changed_.notify_all();
    }
}

void process_engine::install(std::size_t worker, std::unique_ptr<worker_slot> slot) {
    record& place = records_[worker];
    const std::uint32_t generation = place.generation + 1;
    place = record{};
    place.generation = generation;
    place.slot = std::move(slot);
    place.deadline = later(clock::now(), options_.start_timeout);
    poller_.add(place.slot->channel().result_fd(), make_key(worker, generation, source::answers), true, false);
    if (place.slot->process().pidfd() >= 0)
        poller_.add(place.slot->process().pidfd(), make_key(worker, generation, source::death), true, false);
    write_more(worker);
    if (dispatcher_->dropping()) kill(worker); // it was not wanted any more while it was being started
    else if (!dispatcher_->wants(worker)) dismiss(worker);
}

void process_engine::start_failed(std::size_t worker, const start_error& error) {
    causes_.push_back(error.what());
    if (first_starts_ != 0 && !start_error_) {
        start_error_ = std::make_exception_ptr(error);
        changed_.notify_all();
    }
    dispatcher_->died(worker, {}, clock::now());
    if (dispatcher_->budget_spent()) break_down("workers cannot be started");
}

void process_engine::handle(std::uint64_t key, std::unique_lock<std::mutex>& lock) {
    if (key == 0) return wake_.clear();
    const std::size_t worker = ((key & 0xffffffffu) >> 2) - 1;
    const record& place = records_[worker];
    if (!place.slot || place.generation != static_cast<std::uint32_t>(key >> 32)) return; // of the one before
    switch (static_cast<source>(key & 3)) {
    case source::answers: return receive(worker, lock);
    case source::room: return write_more(worker);
    case source::death: return reap(worker);
    }
}

void process_engine::receive(std::size_t worker, std::unique_lock<std::mutex>& lock) {
    worker_slot& slot = *records_[worker].slot; // only this thread replaces it
    auto outcome = worker_slot::reading::nothing;
    std::string trouble;
    lock.unlock();
    try {
        outcome = slot.receive();
    } catch (const std::bad_alloc&) {
        trouble = "there is no memory for its result";
    }
    lock.lock();
    take_frames(worker);
    if (!trouble.empty()) return end_process(worker, trouble);
    if (outcome != worker_slot::reading::ended) return;
    poller_.remove(slot.channel().result_fd()); // it would report the same for ever
    record& place = records_[worker]; // most likely it is dying, and its death is an event of its own
    if (place.stopping != stop_stage::none) return;
    place.stopping = stop_stage::hung_up;
    place.deadline = clock::now() + after_hang_up;
}

void process_engine::take_frames(std::size_t worker) {
    wire::frame_reader& frames = records_[worker].slot->frames();
    while (auto frame = frames.next()) take_frame(worker, *frame);
    if (!frames.damage().empty()) end_process(worker, "it sent " + frames.damage() + " through its result pipe");
}

void process_engine::take_frame(std::size_t worker, wire::frame_in& frame) {
    record& place = records_[worker];
    switch (frame.head.kind()) {
    case frame_kind::ready:
        place.was_ready = true;
        if (place.stopping == stop_stage::none) place.deadline.reset();
        return dispatcher_->ready(worker, clock::now());
    case frame_kind::init_failed: return initializer_failed(worker, frame);
    case frame_kind::value:
    case frame_kind::exception:
    case frame_kind::undecodable: return take_answer(worker, frame);
    default: return end_process(worker, "it sent a frame of an unknown kind");
    }
}

void process_engine::take_answer(std::size_t worker, wire::frame_in& frame) {
    const bool timed = frame.head.kind() == frame_kind::value;
    const auto took = timed ? std::chrono::nanoseconds(frame.head.tag() * 64) : std::chrono::nanoseconds(-1);
    record& place = records_[worker];
    if (task_entry* first = dispatcher_->running(worker); first != nullptr && first->id == frame.head.task)
        place.slot->answered(static_cast<work_item*>(first)->callable());
    task_entry* entry = dispatcher_->answered(worker, frame.head.task, took, clock::now());
    if (task_entry* next = dispatcher_->running(worker)) static_cast<work_item*>(next)->set_running();
    if (entry == nullptr) {
        if (!dispatcher_->dropping()) end_process(worker, "it answered a task that it was not given");
        return;
    }
    auto& item = static_cast<work_item&>(*entry);
    const pid_t pid = place.slot->process().pid();
    try {
        if (frame.large.empty()) item.set_answer(frame.head.kind(), pid, frame.body);
        else item.set_answer(frame.head.kind(), pid, std::move(frame.large));
    } catch (const std::bad_alloc&) {
        item.set_error(std::current_exception());
    }
    resolve(item);
}

void process_engine::initializer_failed(std::size_t worker, const wire::frame_in& frame) {
    std::string what = "an exception without a message";
    try {
        std::rethrow_exception(wire::decode_exception(frame.bytes(), {records_[worker].slot->process().pid(), "initializer"}));
    } catch (const std::exception& e) {
        what = e.what();
    }
    causes_.push_back("the initializer threw: " + what);
    break_down("the initializer failed: " + what);
}

void process_engine::write_more(std::size_t worker) {
    record& place = records_[worker];
    const auto progress = place.slot->continue_writing();
    if (progress == worker_slot::progress::failed) return end_process(worker, "its task pipe cannot be written");
    poll_for_room(worker, progress == worker_slot::progress::blocked);
    if (progress == worker_slot::progress::done) dispatcher_->room(worker, clock::now());
}

void process_engine::poll_for_room(std::size_t worker, bool wanted) {
    record& place = records_[worker];
    if (place.polls_for_room == wanted) return;
    const int fd = place.slot->channel().task_fd();
    if (wanted) poller_.add(fd, make_key(worker, place.generation, source::room), false, true);
    else poller_.remove(fd);
    place.polls_for_room = wanted;
}

/// A worker is dead: its last answers, what it had not begun, the one task that is lost, and a successor.
void process_engine::reap(std::size_t worker) {
    record& place = records_[worker];
    const auto status = place.slot->process().try_reap();
    if (!status) return;
    try {
        while (place.slot->receive() == worker_slot::reading::some) take_frames(worker);
    } catch (const std::bad_alloc&) { // what cannot be received counts as not answered
        place.reason = "there is no memory for its result";
    }
    take_frames(worker);
    const std::vector<std::uint64_t> unread = place.slot->unread_after_death();
    note_not_begun(worker, unread);
    poller_.remove(place.slot->channel().result_fd());
    if (place.slot->process().pidfd() >= 0) poller_.remove(place.slot->process().pidfd());
    poll_for_room(worker, false);
    task_entry* lost = dispatcher_->died(worker, unread, clock::now());
    if (lost != nullptr) lose(static_cast<work_item&>(*lost), place, *status);
    if (!place.was_ready && !dispatcher_->dropping())
        causes_.push_back("worker " + std::to_string(place.slot->process().pid()) + " died before it was ready: " +
                          (place.reason.empty() ? describe(*status) : place.reason));
    place.slot.reset();
    place.deadline.reset();
    if (dispatcher_->budget_spent() && !dispatcher_->broken())
        break_down("workers keep dying before they are ready (" + std::to_string(dispatcher_->restart_budget()) + " in 10 s)");
}

void process_engine::lose(work_item& item, const record& worker, const os::exit_status& status) {
    const pid_t pid = worker.slot->process().pid();
    worker_died::details details{pid, 0, -1, item.label(), hint_for(status, worker.reason)};
    if (status.kind == os::exit_status::how::signalled) details.signal = status.value;
    if (status.kind == os::exit_status::how::exited) details.exit_status = status.value;
    std::string what = "worker " + std::to_string(pid) + " died while it ran the task";
    if (!details.label.empty()) what += " '" + details.label + "'";
    what += ": " + describe(status);
    if (!details.hint.empty()) what += "; " + details.hint;
    item.set_error(std::make_exception_ptr(worker_died(what, std::move(details))));
    resolve(item);
}

void process_engine::check_deadlines() {
    const auto now = clock::now();
    for (std::size_t worker = 0; worker != records_.size(); ++worker) {
        record& place = records_[worker];
        if (!place.slot) continue;
        if (place.slot->process().pidfd() < 0) reap(worker);
        if (!place.slot || !place.deadline || now < *place.deadline) continue;
        place.deadline = later(now, options_.grace);
        if (place.stopping == stop_stage::none) end_process(worker, "it was not ready within pool_options.start_timeout");
        else if (place.stopping == stop_stage::hung_up) end_process(worker, "the worker closed its result pipe");
        else if (place.stopping == stop_stage::asked) {
            place.stopping = stop_stage::terminated;
            place.slot->process().send_signal(SIGTERM);
        } else {
            place.stopping = stop_stage::killed;
            place.slot->process().send_signal(SIGKILL);
        }
    }
}

std::optional<process_engine::time_point> process_engine::next_deadline() const {
    std::optional<time_point> next = dispatcher_->next_tick();
    const auto consider = [&next](time_point due) {
        if (!next || due < *next) next = due;
    };
    for (const record& place : records_) {
        if (!place.slot) continue;
        if (place.deadline) consider(*place.deadline);
        if (place.slot->process().pidfd() < 0) consider(clock::now() + without_pidfd);
    }
    return next;
}

/// Ends a worker that is beyond use; its death is noticed as any other.
void process_engine::end_process(std::size_t worker, const std::string& reason) {
    record& place = records_[worker];
    if (place.reason.empty()) place.reason = reason;
    place.stopping = stop_stage::killed;
    place.deadline = later(clock::now(), options_.grace);
    place.slot->process().send_signal(SIGKILL);
}

void process_engine::break_down(const std::string& what) {
    if (dispatcher_->broken()) return;
    std::string text = "penstock: the pool is broken: " + what;
    broken_ = std::make_exception_ptr(pool_broken(text, causes_));
    if (!abandon_error_) abandon_error_ = broken_;
    dispatcher_->break_down();
    collect_abandoned();
}

void process_engine::collect_abandoned() {
    while (task_entry* entry = dispatcher_->next_abandoned()) {
        static_cast<work_item*>(entry)->set_error(abandon_error_);
        resolve(*entry);
    }
}

/// The loop itself failed (the poller, or memory for the pool's own books): nobody may be left waiting.
void process_engine::give_up(const std::string& what) noexcept {
    break_down("its I/O thread failed: " + what);
    for (record& place : records_)
        while (place.slot) {
            place.slot->process().send_signal(SIGKILL);
            if (place.slot->process().try_reap()) place.slot.reset();
            else usleep(1000);
        }
}

// What the dispatcher orders. Called under the lock, by any thread.

fleet::sent process_engine::send(std::size_t worker, task_entry& entry) {
    auto& item = static_cast<work_item&>(entry);
    switch (records_[worker].slot->send(item)) {
    case worker_slot::progress::blocked: return sent::no_room;
    case worker_slot::progress::failed: end_process(worker, "its task pipe cannot be written"); return sent::failed;
    case worker_slot::progress::done: break;
    }
    if (records_[worker].slot->writing()) poll_for_room(worker, true);
    if (dispatcher_->running(worker) == nullptr) item.set_running();
    return sent::yes;
}

std::vector<std::uint64_t> process_engine::take_back(std::size_t worker) {
    if (!records_[worker].slot) return {};
    std::vector<std::uint64_t> ids = records_[worker].slot->take_back();
    note_not_begun(worker, ids);
    return ids;
}

/// The first task of a worker counts as running from the moment it is sent, unless it comes back unread.
void process_engine::note_not_begun(std::size_t worker, std::span<const std::uint64_t> ids) {
    task_entry* first = dispatcher_->running(worker);
    if (first != nullptr && std::find(ids.begin(), ids.end(), first->id) != ids.end())
        static_cast<work_item*>(first)->clear_running();
}

void process_engine::start(std::size_t worker) {
    to_start_.push_back(worker);
    wake_.signal();
}

void process_engine::dismiss(std::size_t worker) {
    record& place = records_[worker];
    if (!place.slot) return; // about to be started: it is dismissed by start_workers
    place.slot->say_bye();
    place.stopping = std::max(place.stopping, stop_stage::asked);
    place.deadline = later(clock::now(), options_.grace);
    wake_.signal();
}

void process_engine::kill(std::size_t worker) {
    if (records_[worker].slot) end_process(worker, {});
    wake_.signal();
}

} // namespace penstock::pool

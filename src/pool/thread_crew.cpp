// SPDX-License-Identifier: MIT
#include "pool/thread_crew.hpp"

#include <penstock/errors.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <system_error>
#include <utility>

namespace penstock::pool {

namespace {

using namespace std::chrono_literals;

/// Tasks that run inside each other's get() on one thread; beyond, a stand-in with a stack of its own takes
/// over.
constexpr std::size_t deepest_stack = 64;
/// The same where none is to be had.
constexpr std::size_t deepest_alone = 1'024;

/// For get() in a thread that has nothing else to do.
thread_local spin_budget waiting_here;
constexpr auto longest_look = 50us;

} // namespace

thread_local thread_worker* thread_crew::current_ = nullptr;

thread_crew::thread_crew(std::size_t workers, pool_options options)
    : wanted_(workers), options_(std::move(options)) {
    count_missing();
}

thread_worker* thread_crew::this_worker(const thread_crew* crew) noexcept {
    return current_ != nullptr && current_->crew == crew ? current_ : nullptr;
}

thread_worker* thread_crew::colleague(const detail::thread_task& task) noexcept {
    const thread_queue* home = task.home_.load(std::memory_order_acquire);
    if (current_ == nullptr || home == &current_->queue || home == &current_->crew->shared_ ||
        home == &current_->crew->called_home_)
        return current_;
    for (worker* each = current_->crew->newest_.load(std::memory_order_acquire); each != nullptr; each = each->next)
        if (home == &each->queue) return current_;
    return nullptr;
}

void thread_crew::submit(detail::thread_task& task, task_priority priority) {
    if (!started_.load(std::memory_order_acquire)) start_first();
    if (is_bounded()) wait_for_room(true);
    accept(task, priority);
}

bool thread_crew::try_submit(detail::thread_task& task, task_priority priority) {
    if (!started_.load(std::memory_order_acquire)) start_first();
    if (is_bounded() && !wait_for_room(false)) return false;
    accept(task, priority);
    return true;
}

void thread_crew::accept(detail::thread_task& task, task_priority priority) {
    worker* me = this_worker(this);
    const bool here = me != nullptr && priority == task_priority::normal && shared_.size() == 0 && !over();
    if (!(here ? me->queue : shared_).push(task, priority)) return refuse(task);
    if (here && abandoning_) fail_pending(); // which may have come to this queue too early
    signal();
}

/// The shared queue is sealed: the pool was shut down, or is broken.
void thread_crew::refuse(detail::thread_task& task) {
    std::unique_lock lock(mutex_);
    if (is_bounded()) {
        --unfinished_;
        room_.notify_one(); // who waits for room is refused, too
    }
    task.discard(); // so nobody can cancel it
    if (closed_) throw pool_closed("penstock: this thread pool was shut down and takes no more tasks");
    const std::string cause = broken_.value();
    lock.unlock();
    task.home_.store(&shared_, std::memory_order_release);
    refuse_broken(task, cause);
}

void thread_crew::refuse_broken(detail::thread_task& task, const std::string& cause) {
    task.settled_ = true; // it never was among those that are waited for
    task.fail(broken_by(cause), task_end::error);
}

void thread_crew::work(worker& me) {
    struct identity { // to its end, even where that is pthread_exit
        explicit identity(worker& self) : self_(self) {
            current_ = &self;
            detail::pool_thread::current() = &self;
        }
        ~identity() {
            current_ = nullptr;
            detail::pool_thread::current() = nullptr;
            self_.crew->vacate(self_);
        }
        worker& self_;
    };
    const identity known(me);
    if (initialize(me)) {
        work_off(me);
        finalize();
    }
    if (abandoning_) fail_pending(); // what was added to our queue when the others had been emptied
}

/// Whoever waits may have waited for what this worker settled at last.
void thread_crew::leave_work(worker& me) noexcept {
    const std::lock_guard lock(mutex_);
    if (std::exchange(me.active, false)) --active_;
    count_missing();
    rested_.notify_all();
}

/// The last that its thread does.
void thread_crew::vacate(worker& me) noexcept {
    leave_work(me);
    std::thread ended;
    {
        const std::lock_guard lock(mutex_);
        if (!over()) ended = take_ended(); // or whoever ends the pool joins it
        me.gone = true;
        if (!me.thread.joinable()) me.next_vacant = std::exchange(vacant_, &me);
    }
    if (ended.joinable()) ended.join();
}

void thread_crew::work_off(worker& me) {
    while (detail::thread_task* claimed = next(me)) {
        try {
            const auto task = detail::state_ref<detail::thread_task>::adopt(claimed);
            run(me, *task);
        } catch (...) { // the thread is being ended; nothing else gets here
            replace_lost_worker(me);
            throw;
        }
    }
}

bool thread_crew::initialize(worker& me) {
    std::string cause = "an exception that is not a std::exception";
    try {
        if (options_.initializer) {
            search_ = 0; // it may take long
            options_.initializer();
        }
        me.initialized = true;
        return true;
    } catch (const std::exception& error) {
        cause = error.what();
    } catch (...) {
        if (std::current_exception() == nullptr) { // pthread_exit
            break_down("it ended its own thread");
            throw;
        }
    }
    break_down(cause);
    return false;
}

/// After the last task of a worker. Throws only when the thread itself is being ended.
void thread_crew::finalize() {
    if (!options_.finalizer) return;
    try {
        options_.finalizer();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "penstock: the finalizer of a thread pool threw: %s\n", error.what());
    } catch (...) {
        if (std::current_exception() == nullptr) throw; // pthread_exit
        std::fputs("penstock: the finalizer of a thread pool threw an exception that is not a std::exception\n",
                   stderr);
    }
}

void thread_crew::run(worker& me, detail::thread_task& task) {
    struct on_stack {
        worker& me;
        detail::thread_task& task;
        ~on_stack() {
            --me.depth;
            task.settle();
        }
    };
    ++me.depth;
    const on_stack guard{me, task};
    task.execute();
}

bool thread_crew::help(detail::thread_task& task) {
    worker* me = colleague(task);
    if (me != nullptr && me->initialized &&
        (me->depth < deepest_stack || (me->depth < deepest_alone && me->is_alone()))) {
        if (task.home_.load(std::memory_order_acquire) == &me->crew->called_home_) {
            while (me->crew->answer_own(*me, task))
                if (task.ready()) return true;
        } else if (task.claim()) {
            thread_queue::forget(task);
            me->crew->run(*me, task);
            return true;
        }
    }
    return several_cpus_.load(std::memory_order_relaxed) && waiting_here.look(longest_look, [&task] { return task.ready(); });
}

bool thread_crew::step_aside(detail::thread_task& task) {
    worker* me = colleague(task);
    if (me == nullptr || !me->initialized || !task.pending()) return false;
    thread_crew& crew = *me->crew;
    thread_queue::hurry(task, crew.shared_);
    crew.make_place(crew.asides_);
    return true;
}

/// One more thread may work, counted as one of `stand_ins`.
void thread_crew::make_place(std::size_t& stand_ins) noexcept {
    {
        const std::lock_guard lock(mutex_);
        refused_until_ = {}; // without a thread in our place whoever we wait for may never run
        ++stand_ins;
        count_missing();
    }
    signal();
    bring_for_calls();
}

bool thread_worker::lend() noexcept {
    if (!initialized) return false;
    crew->make_place(crew->lends_);
    return true;
}

void thread_worker::take_back() noexcept { crew->give_back(crew->lends_); }

bool thread_worker::is_alone() noexcept {
    const std::lock_guard lock(crew->mutex_);
    if (crew->missing_ <= 0 || crew->refusals_ == 0) return false;
    if (crew->active_ > crew->asleep()) return false;
    crew->refused_until_ = {};
    return crew->try_to_bring() == thread_crew::arrival::refused;
}

void thread_crew::step_back() noexcept { current_->crew->give_back(current_->crew->asides_); }

void thread_crew::give_back(std::size_t& stand_ins) noexcept {
    const std::lock_guard lock(mutex_);
    --stand_ins;
    count_missing();
}

void thread_crew::count_unrun(task_end how) noexcept {
    if (worker* me = this_worker(this)) return me->counts.end_unrun(how);
    const std::lock_guard lock(mutex_);
    count_end(unrun_, how);
}

void thread_crew::settled(detail::thread_task& task) noexcept {
    worker* me = this_worker(this);
    const auto count = [this, me] {
        if (me == nullptr) ++settled_outside_;
        else me->settled.store(me->settled.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    };
    if (me != nullptr && !is_bounded()) return count(); // when it has nothing more to do it tells who waits
    later_submit next;
    std::list<later_submit> cancelled;
    std::shared_ptr<thread_crew> self; // whoever waits for this may destroy us as soon as the lock is free
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(task.waits_for_room_, false)) {
            --waiting_for_room_;
            cancelled = take_cancelled();
        } else {
            count();
            if (is_bounded()) next = make_room();
        }
        if (next.task) self = shared_from_this();
        if (me == nullptr && unsettled() <= discounted_) rested_.notify_all();
    }
    if (!next.task) return;
    signal();
    go_on(next);
}

/// Read in this order, the difference is never less than it is.
std::uint64_t thread_crew::unsettled() const noexcept {
    std::uint64_t done = settled_outside_;
    for (const worker& each : workers_) done += each.settled.load(std::memory_order_acquire);
    std::uint64_t all = shared_.pushed() + calls_.tasks() + waiting_for_room_;
    for (const worker& each : workers_) all += each.queue.pushed();
    return all - done;
}

/// Called by a worker without a task.
void thread_crew::tell_waiting() noexcept {
    // Whoever begins to wait later sees what this worker has settled.
    if (waiting_.fetch_add(0, std::memory_order_acq_rel) == 0) return;
    const std::lock_guard lock(mutex_);
    if (unsettled() == 0) ++rests_;
    rested_.notify_all();
}

pool_stats thread_crew::stats() {
    const std::lock_guard lock(mutex_);
    pool_stats now = unrun_;
    std::uint64_t ended = 0;
    std::uint64_t begun = 0;
    for (const worker& each : workers_) ended += each.counts.ended();
    for (const worker& each : workers_) {
        begun += each.counts.begun();
        now.queued += each.queue.size();
        each.counts.add_to(now);
    }
    now.running = begun - ended;
    now.queued += shared_.size() + calls_.left() + waiting_for_room_;
    now.workers = std::min(active_ + resting_, workers());
    return now;
}

void thread_crew::wait_idle() {
    if (this_worker(this) != nullptr)
        throw std::system_error(
            std::make_error_code(std::errc::resource_deadlock_would_occur),
            "penstock: wait_idle() in a task or callback of the same pool would wait for itself");
    detail::run_deferred_callbacks(); // what is waited for may wait for these
    std::unique_lock lock(mutex_);
    wait_until(lock, [this, before = rests_] { return unsettled() == 0 || rests_ != before; });
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
#include "pool/thread_crew.hpp"

#include <penstock/errors.hpp>

#include <cxxabi.h>

#include <iterator>
#include <system_error>
#include <utility>

namespace penstock::pool {

namespace {

/// Tasks that run inside each other's get() on one thread; beyond, a stand-in with a stack of its own takes over.
constexpr std::size_t deepest_stack = 64;

std::exception_ptr broken_by(const std::string& cause) {
    // One exception for each future: they are thrown in different threads.
    return std::make_exception_ptr(
        pool_broken("penstock: this thread pool is broken, its initializer failed: " + cause, {cause}));
}

} // namespace

thread_local thread_crew::worker* thread_crew::current_ = nullptr;

/// What a worker that shuts down its own pool cannot wait for: the tasks on its own stack.
class thread_crew::leave { // built and destroyed under mutex_
public:
    leave(thread_crew& crew, worker& me)
        : crew_(crew), me_(me), was_leaving_(std::exchange(me.leaving, true)),
          discounted_(std::exchange(me.discounted, me.depth)) {
        crew_.discounted_ += me_.depth - discounted_;
        crew_.rested_.notify_all();
    }
    ~leave() {
        crew_.discounted_ -= me_.depth - discounted_;
        me_.discounted = discounted_;
        me_.leaving = was_leaving_;
    }
    leave(const leave&) = delete;
    leave& operator=(const leave&) = delete;

private:
    thread_crew& crew_;
    worker& me_;
    bool was_leaving_;
    std::size_t discounted_;
};

thread_crew::worker* thread_crew::this_worker(const thread_crew* crew) noexcept {
    return current_ != nullptr && current_->crew == crew ? current_ : nullptr;
}

void thread_crew::start() {
    std::unique_lock lock(mutex_);
    permits_ = wanted_;
    try {
        while (alive_ < wanted_) add_worker();
    } catch (const std::system_error& refused) {
        const std::string started = std::to_string(alive_);
        lock.unlock();
        shut_down(shutdown_mode::drain);
        throw std::system_error(refused.code(), "penstock: only " + started + " of " + std::to_string(wanted_) +
                                                    " worker threads could be started; ask for fewer, or raise the "
                                                    "limit on threads (ulimit -u, pids.max)");
    }
}

void thread_crew::add_worker() {
    workers_.emplace_back().crew = this;
    try {
        workers_.back().thread = std::thread([self = shared_from_this(), &me = workers_.back()] { self->work(me); });
    } catch (...) {
        workers_.pop_back();
        throw;
    }
    ++alive_;
}

void thread_crew::submit(detail::thread_task& task) {
    std::unique_lock lock(mutex_);
    if (closed_) throw pool_closed("penstock: this thread pool was shut down and takes no more tasks");
    task.crew_ = this;
    ++unsettled_;
    if (!broken_) {
        queue_.push(task);
        lock.unlock();
        work_.notify_one();
    } else {
        const std::string cause = *broken_;
        lock.unlock();
        task.claim();
        task.fail(broken_by(cause));
    }
}

void thread_crew::work(worker& me) {
    current_ = &me;
    if (initialize(me)) {
        std::unique_lock lock(mutex_);
        while (detail::thread_task* claimed = next(lock)) {
            lock.unlock();
            try {
                const auto task = detail::state_ref<detail::thread_task>::adopt(claimed);
                run(me, *task);
            } catch (...) { // the thread is being ended; nothing else gets here
                replace_lost_worker();
                throw;
            }
            lock.lock();
            --running_;
        }
    }
    const std::lock_guard lock(mutex_);
    --alive_;
}

bool thread_crew::initialize(worker& me) {
    std::string cause = "an exception that is not a std::exception";
    try {
        if (initializer_) initializer_();
        me.initialized = true;
        return true;
    } catch (abi::__forced_unwind&) {
        break_down("it ended its own thread");
        throw;
    } catch (const std::exception& error) {
        cause = error.what();
    } catch (...) {
    }
    break_down(cause);
    return false;
}

detail::thread_task* thread_crew::next(std::unique_lock<std::mutex>& lock) {
    for (;;) {
        work_.wait(lock, [this] { return may_start() || done(); });
        if (!may_start()) return nullptr;
        detail::thread_task* task = queue_.pop();
        if (done()) work_.notify_all(); // workers without a permit wait for this
        if (task->claim()) {
            ++running_;
            return task;
        }
        lock.unlock(); // it was cancelled or helped: what dies with it may call us
        task->release();
        lock.lock();
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

void thread_crew::replace_lost_worker() noexcept {
    const std::lock_guard lock(mutex_);
    --running_;
    --alive_;
    try {
        add_worker();
    } catch (const std::exception&) { // out of threads or memory: the other workers carry on
    }
}

bool thread_crew::help(detail::thread_task& task) {
    worker* me = current_;
    if (me == nullptr || me->crew != task.crew_ || !me->initialized || me->depth >= deepest_stack) return false;
    if (!task.claim()) return false;
    me->crew->run(*me, task);
    return true;
}

bool thread_crew::step_aside(detail::thread_task& task) {
    worker* me = current_;
    if (me == nullptr || me->crew != task.crew_ || !me->initialized || !task.pending()) return false;
    thread_crew& crew = *me->crew;
    const std::lock_guard lock(crew.mutex_);
    try {
        crew.queue_.push_urgent(task);
        if (crew.alive_ <= crew.permits_) crew.add_worker();
    } catch (const std::exception&) { // out of threads or memory: the other workers get to it in time
    }
    ++crew.permits_;
    crew.work_.notify_one();
    return true;
}

void thread_crew::step_back() noexcept {
    thread_crew& crew = *current_->crew;
    const std::lock_guard lock(crew.mutex_);
    --crew.permits_;
}

void thread_crew::settled() noexcept {
    const std::lock_guard lock(mutex_); // whoever waits for this may destroy us as soon as the lock is free
    if (--unsettled_ == 0) ++rests_;
    if (unsettled_ <= discounted_) rested_.notify_all();
}

void thread_crew::wait_idle() {
    if (this_worker(this) != nullptr)
        throw std::system_error(std::make_error_code(std::errc::resource_deadlock_would_occur),
                                "penstock: wait_idle() in a task or callback of the same pool would wait for itself");
    std::unique_lock lock(mutex_);
    rested_.wait(lock, [this, before = rests_] { return unsettled_ == 0 || rests_ != before; });
}

void thread_crew::shut_down(shutdown_mode mode) {
    close(mode);
    std::list<worker> gone;
    std::unique_lock lock(mutex_);
    if (worker* me = this_worker(this)) {
        const leave guard(*this, *me);
        finish_around(*me, lock);
    } else {
        rested_.wait(lock, [this] { return unsettled_ == 0; });
        gone = take_workers();
    }
    lock.unlock();
    for (worker& each : gone) each.thread.join();
}

void thread_crew::disband() noexcept {
    worker* me = this_worker(this);
    if (me == nullptr) return shut_down(shutdown_mode::drain);
    close(shutdown_mode::drain);
    std::list<worker> gone;
    {
        std::unique_lock lock(mutex_);
        const leave guard(*this, *me);
        finish_around(*me, lock);
        gone = take_workers();
    }
    for (worker& each : gone) each.thread.join();
}

void thread_crew::close(shutdown_mode mode) {
    const worker* me = this_worker(this);
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        if (mode != shutdown_mode::drain || (me != nullptr && !me->initialized)) abandoning_ = true;
        work_.notify_all();
        if (!abandoning_) return;
    }
    fail_pending([](const std::string& name) {
        return std::make_exception_ptr(task_cancelled("penstock: " + name + " was cancelled by shutdown before it ran"));
    });
}

template <class Reason>
void thread_crew::fail_pending(Reason reason) {
    std::unique_lock lock(mutex_);
    while (detail::thread_task* pending = queue_.pop()) {
        lock.unlock();
        {
            const auto task = detail::state_ref<detail::thread_task>::adopt(pending);
            if (task->claim()) task->fail(reason(task->name()));
        }
        lock.lock();
    }
    work_.notify_all();
}

void thread_crew::break_down(const std::string& cause) {
    {
        const std::lock_guard lock(mutex_);
        if (broken_) return;
        broken_ = cause;
    }
    fail_pending([&](const std::string&) { return broken_by(cause); });
}

void thread_crew::finish_around(worker& me, std::unique_lock<std::mutex>& lock) {
    while (detail::thread_task* pending = queue_.pop()) {
        lock.unlock();
        {
            const auto task = detail::state_ref<detail::thread_task>::adopt(pending);
            if (task->claim()) run(me, *task);
        }
        lock.lock();
    }
    work_.notify_all();
    rested_.wait(lock, [this] { return unsettled_ == discounted_; });
}

std::list<thread_crew::worker> thread_crew::take_workers() {
    std::list<worker> ending;
    for (auto each = workers_.begin(); each != workers_.end();) {
        const auto next = std::next(each);
        if (each->thread.joinable()) {
            if (each->leaving) each->thread.detach(); // it owns a share of the crew, and ends by itself
            else ending.splice(ending.end(), workers_, each);
        }
        each = next;
    }
    return ending;
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
#include "pool/thread_crew.hpp"

#include <penstock/errors.hpp>

#include <cstdio>
#include <exception>
#include <system_error>

namespace penstock::pool {

namespace {

/// Tasks that run inside each other's get() on one thread; beyond, a stand-in with a stack of its own takes
/// over.
constexpr std::size_t deepest_stack = 64;

} // namespace

thread_local thread_crew::worker* thread_crew::current_ = nullptr;

thread_crew::worker* thread_crew::this_worker(const thread_crew* crew) noexcept {
    return current_ != nullptr && current_->crew == crew ? current_ : nullptr;
}

void thread_crew::start() {
    std::unique_lock lock(mutex_);
    permits_ = wanted_;
    try {
        while (alive_ < wanted_) add_worker();
    } catch (const std::exception& refused) {
        const std::string what = "penstock: only " + std::to_string(alive_) + " of " +
                                 std::to_string(wanted_) +
                                 " worker threads could be started; ask for fewer, or raise the limits";
        lock.unlock();
        shut_down(shutdown_mode::drain);
        const auto* reason = dynamic_cast<const std::system_error*>(&refused);
        if (reason == nullptr) throw;
        throw std::system_error(reason->code(), what);
    }
}

void thread_crew::add_worker() {
    workers_.emplace_back().crew = this;
    try {
        workers_.back().thread =
            std::thread([self = shared_from_this(), &me = workers_.back()] { self->work(me); });
    } catch (...) {
        workers_.pop_back();
        throw;
    }
    ++alive_;
}

void thread_crew::submit(detail::thread_task& task) {
    std::unique_lock lock(mutex_);
    if (is_full()) wait_for_room(lock);
    accept(task, lock);
}

bool thread_crew::try_submit(detail::thread_task& task) {
    std::unique_lock lock(mutex_);
    if (is_full() && !closed_) return false;
    accept(task, lock);
    return true;
}

void thread_crew::wait_for_room(std::unique_lock<std::mutex>& lock) {
    if (!closed_ && this_worker(this) != nullptr)
        throw queue_full("penstock: " + std::to_string(options_.max_pending) +
                         " tasks are unfinished (pool_options.max_pending), and submit in a task or callback of the "
                         "same thread pool could wait for itself");
    room_.wait(lock, [this] { return !is_full() || closed_; });
}

void thread_crew::accept(detail::thread_task& task, std::unique_lock<std::mutex>& lock) {
    if (closed_) throw pool_closed("penstock: this thread pool was shut down and takes no more tasks");
    task.crew_ = this;
    task.id_ = ++accepted_;
    if (task.timeout_.count() == 0) task.timeout_ = options_.task_timeout;
    ++unsettled_;
    if (!broken_) {
        queue_.push(task);
        lock.unlock();
        work_.notify_one();
    } else {
        const std::string cause = *broken_;
        lock.unlock();
        task.discard();
        task.fail(broken_by(cause));
    }
}

void thread_crew::work(worker& me) {
    struct identity {
        explicit identity(worker& self) {
            current_ = &self;
            detail::pool_thread::current() = &self;
        }
        ~identity() {
            current_ = nullptr;
            detail::pool_thread::current() = nullptr;
        }
    };
    const identity known(me);
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
        lock.unlock();
        finalize();
    }
    const std::lock_guard lock(mutex_);
    --alive_;
}

bool thread_crew::initialize(worker& me) {
    std::string cause = "an exception that is not a std::exception";
    try {
        if (options_.initializer) options_.initializer();
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
    if (done()) return; // and perhaps nobody is left to join it
    try {
        add_worker();
    } catch (const std::exception&) { // out of threads or memory: the other workers carry on
    }
}

bool thread_crew::help(detail::thread_task& task) {
    worker* me = current_;
    if (me == nullptr || me->crew != task.crew_ || !me->initialized || me->depth >= deepest_stack)
        return false;
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
    } catch (const std::exception&) { // out of memory: the other workers get to it in time
    }
    crew.make_place();
    return true;
}

bool thread_crew::worker::lend() noexcept {
    if (!initialized) return false;
    const std::lock_guard lock(crew->mutex_);
    crew->make_place();
    return true;
}

void thread_crew::make_place() noexcept {
    try {
        if (alive_ <= permits_) add_worker();
    } catch (const std::exception&) { // out of threads or memory: the other workers carry on
    }
    ++permits_;
    work_.notify_one();
}

void thread_crew::step_back() noexcept {
    thread_crew& crew = *current_->crew;
    const std::lock_guard lock(crew.mutex_);
    --crew.permits_;
}

void thread_crew::settled() noexcept {
    const std::lock_guard lock(mutex_); // whoever waits for this may destroy us as soon as the lock is free
    if (--unsettled_ == 0) ++rests_;
    if (options_.max_pending != 0) room_.notify_one();
    if (unsettled_ <= discounted_) rested_.notify_all();
}

void thread_crew::wait_idle() {
    if (this_worker(this) != nullptr)
        throw std::system_error(
            std::make_error_code(std::errc::resource_deadlock_would_occur),
            "penstock: wait_idle() in a task or callback of the same pool would wait for itself");
    std::unique_lock lock(mutex_);
    rested_.wait(lock, [this, before = rests_] { return unsettled_ == 0 || rests_ != before; });
}

} // namespace penstock::pool

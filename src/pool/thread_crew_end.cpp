// SPDX-License-Identifier: MIT
// How a thread pool ends: by shutdown, by its destructor, or because its initializer failed.
#include "pool/thread_crew.hpp"

#include <penstock/errors.hpp>

#include <exception>
#include <iterator>
#include <utility>

namespace penstock::pool {

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
        room_.notify_all();
        if (!abandoning_) return;
    }
    fail_pending([](const std::string& name) {
        return std::make_exception_ptr(
            task_cancelled("penstock: " + name + " was cancelled by shutdown before it ran"));
    });
}

template <class Reason>
void thread_crew::fail_pending(Reason reason) {
    std::unique_lock lock(mutex_);
    while (detail::thread_task* pending = queue_.pop()) {
        lock.unlock();
        {
            const auto task = detail::state_ref<detail::thread_task>::adopt(pending);
            if (task->discard()) task->fail(reason(task->name()));
        }
        lock.lock();
    }
    work_.notify_all();
}

std::exception_ptr thread_crew::broken_by(const std::string& cause) {
    // One exception for each future: they are thrown in different threads.
    return std::make_exception_ptr(
        pool_broken("penstock: this thread pool is broken, its initializer failed: " + cause, {cause}));
}

void thread_crew::break_down(const std::string& cause) {
    {
        const std::lock_guard lock(mutex_);
        if (broken_) return;
        broken_ = cause;
        abandoning_ = true;
    }
    fail_pending([&](const std::string&) { return broken_by(cause); });
}

void thread_crew::finish_around(worker& me, std::unique_lock<std::mutex>& lock) {
    while (!abandoning_ && !queue_.empty()) {
        detail::thread_task* pending = queue_.pop();
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

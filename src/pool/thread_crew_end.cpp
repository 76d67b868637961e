// SPDX-License-Identifier: MIT
// How a thread pool ends: by shutdown, by its destructor, or because its initializer failed.
#include "pool/thread_crew.hpp"

#include <penstock/errors.hpp>

#include <exception>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

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
    detail::run_deferred_callbacks(); // what is waited for may wait for these
    std::vector<std::thread> gone;
    std::unique_lock lock(mutex_);
    if (worker* me = this_worker(this)) {
        const leave guard(*this, *me);
        finish_around(*me, lock);
    } else {
        wait_until(lock, [this] { return unsettled() == 0; });
        gone = take_threads();
    }
    lock.unlock();
    for (std::thread& each : gone) each.join();
}

void thread_crew::disband() noexcept {
    worker* me = this_worker(this);
    if (me == nullptr) return shut_down(shutdown_mode::drain);
    close(shutdown_mode::drain);
    std::vector<std::thread> gone;
    {
        std::unique_lock lock(mutex_);
        const leave guard(*this, *me);
        finish_around(*me, lock);
        gone = take_threads();
    }
    for (std::thread& each : gone) each.join();
}

void thread_crew::close(shutdown_mode mode) {
    const worker* me = this_worker(this);
    std::list<later_submit> waiting;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        waiting.swap(later_);
        paused_ = false;
        if (mode != shutdown_mode::drain || (me != nullptr && !me->initialized)) abandoning_ = true;
        count_missing();
        while (call_resting()) {
        }
        shared_.seal();
        room_.notify_all();
    }
    wake_all();
    if (work_is_waiting()) signal(); // a thread that ended while the pool was paused has no successor
    bring_for_calls();
    refuse_later(waiting, std::nullopt);
    if (abandoning_) fail_pending();
}

/// What waits is not run any more: the pool was shut down so, or is broken.
void thread_crew::fail_pending() {
    std::unique_lock lock(mutex_);
    const std::optional<std::string> broken = broken_;
    lock.unlock();
    const auto fail = [&broken](detail::thread_task& task) {
        if (!task.discard()) return;
        if (broken) return task.fail(broken_by(*broken), task_end::error);
        task.fail(std::make_exception_ptr(
                      task_cancelled("penstock: " + task.name() + " was cancelled by shutdown before it ran")),
                  task_end::cancelled);
    };
    const auto fail_all_of = [&fail](thread_queue& queue) {
        while (detail::thread_task* pending = queue.take_any())
            fail(*detail::state_ref<detail::thread_task>::adopt(pending));
    };
    while (const auto called = take_called()) fail(*called);
    fail_all_of(shared_);
    for (worker* each = newest_.load(std::memory_order_acquire); each != nullptr; each = each->next) fail_all_of(each->queue);
}

/// Every thread was ended by a task, and there is not one to be had. The next submit asks again.
void thread_crew::fail_stranded() {
    while (const auto task = take_stranded())
        if (task->discard()) task->fail(nobody_left(*task), task_end::error);
}

/// One that was submitted while there is no thread, as whoever submits asks for one first. Empty when there is none any more.
broadcasts::task_ref thread_crew::take_stranded() noexcept {
    const std::lock_guard lock(mutex_);
    if (active_ + resting_ != 0) return {};
    started_ = false;
    if (auto called = calls_.take_any()) return called;
    if (detail::thread_task* next = shared_.take_any()) return broadcasts::task_ref::adopt(next);
    for (worker& each : workers_)
        if (detail::thread_task* next = each.queue.take_any()) return broadcasts::task_ref::adopt(next);
    return {};
}

std::exception_ptr thread_crew::nobody_left(const detail::thread_task& task) noexcept try {
    return std::make_exception_ptr(std::system_error(
        std::make_error_code(std::errc::resource_unavailable_try_again),
        "penstock: nobody is left to run " + task.name() +
            ": tasks ended all threads of the pool (pthread_exit), and another one could not be started"));
} catch (...) { // out of memory, too
    return std::current_exception();
}

std::exception_ptr thread_crew::broken_by(const std::string& cause) {
    // One exception for each future: they are thrown in different threads.
    return std::make_exception_ptr(
        pool_broken("penstock: this thread pool is broken, its initializer failed: " + cause, {cause}));
}

void thread_crew::break_down(const std::string& cause) {
    std::list<later_submit> waiting;
    {
        const std::lock_guard lock(mutex_);
        if (broken_) return;
        broken_ = cause;
        abandoning_ = true;
        waiting.swap(later_);
        shared_.seal();
        room_.notify_all();
    }
    wake_all();
    refuse_later(waiting, cause);
    fail_pending();
}

void thread_crew::finish_around(worker& me, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    while (!abandoning_) {
        const auto task = detail::state_ref<detail::thread_task>::adopt(find(me, nullptr));
        if (!task) break;
        run(me, *task);
    }
    lock.lock();
    wait_until(lock, [this] { return unsettled() == discounted_; });
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
#include "pool/inline_worker.hpp"

#include <penstock/errors.hpp>

#include <cstdio>
#include <system_error>

namespace penstock::pool {

/// Of the calling thread, until it goes: by a return, by what a task throws, or because the thread ends in the middle.
class inline_worker::turn {
public:
    explicit turn(inline_worker& worker) noexcept : worker_(worker) {}
    ~turn() { worker_.leave_turn(); }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

private:
    inline_worker& worker_;
};

void inline_worker::run(detail::inline_task& task) {
    const auto submitted = clock::now();
    {
        std::unique_lock lock(mutex_);
        if (!closed_ && is_mine() && is_full())
            throw queue_full("penstock: " + std::to_string(options_.max_pending) +
                             " tasks are unfinished (pool_options.max_pending), and submit in a task of the same inline "
                             "pool would wait for itself");
        take_turn(lock);
    }
    run_in_turn(task, submitted);
}

bool inline_worker::try_run(detail::inline_task& task) {
    const auto submitted = clock::now();
    {
        std::unique_lock lock(mutex_);
        if (!closed_ && is_full()) return false;
        take_turn(lock);
    }
    run_in_turn(task, submitted);
    return true;
}

void inline_worker::take_turn(std::unique_lock<std::mutex>& lock) {
    if (!is_mine()) {
        ++waiting_;
        free_.wait(lock, [this] { return depth_ == 0 || closed_; });
        --waiting_;
    }
    if (closed_) throw pool_closed("penstock: this inline pool was shut down and takes no more tasks");
    owner_ = std::this_thread::get_id();
    ++depth_;
}

void inline_worker::leave_turn() noexcept {
    std::unique_lock lock(mutex_);
    if (depth_ == 1 && closed_ && !finalized_) {
        lock.unlock();
        finalize();
        lock.lock();
    }
    if (--depth_ != 0) return;
    ++rests_;
    free_.notify_all();
}

void inline_worker::run_in_turn(detail::inline_task& task, clock::time_point submitted) {
    const turn mine(*this);
    if (!initialize()) {
        // One exception for each future: they are thrown in different threads.
        task.fail(std::make_exception_ptr(
            pool_broken("penstock: this inline pool is broken, its initializer failed: " + broken_by_, {broken_by_})));
        return note(detail::inline_task::ending::error, {});
    }
    const auto begun = clock::now();
    std::uint64_t id = 0;
    {
        const std::lock_guard lock(mutex_);
        id = ++begun_;
        stats_.wait.add(begun - submitted);
    }
    note(task.execute(id, options_.task_timeout), begun);
}

bool inline_worker::initialize() {
    if (ready_ != readiness::unknown) return ready_ == readiness::good;
    ready_ = readiness::good; // also for what the initializer itself submits
    if (!options_.initializer) return true;
    broken_by_ = "an exception that is not a std::exception";
    try {
        options_.initializer();
        return true;
    } catch (const std::exception& error) {
        broken_by_ = error.what();
    } catch (...) {
        ready_ = readiness::broken;
        if (std::current_exception() == nullptr) throw; // pthread_exit
    }
    ready_ = readiness::broken;
    return false;
}

/// By the one who has the last turn.
void inline_worker::finalize() noexcept {
    finalized_ = true;
    if (!options_.finalizer || ready_ != readiness::good) return;
    try {
        options_.finalizer();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "penstock: the finalizer of an inline pool threw: %s\n", error.what());
    } catch (...) {
        std::fputs("penstock: the finalizer of an inline pool threw an exception that is not a std::exception\n", stderr);
    }
}

void inline_worker::note(detail::inline_task::ending how, clock::time_point begun) noexcept {
    using ending = detail::inline_task::ending;
    const auto now = clock::now();
    const std::lock_guard lock(mutex_);
    if (begun != clock::time_point{}) stats_.run.add(now - begun);
    ++(how == ending::value ? stats_.done : how == ending::error ? stats_.failed : stats_.timed_out);
}

void inline_worker::wait_idle() {
    std::unique_lock lock(mutex_);
    if (is_mine())
        throw std::system_error(std::make_error_code(std::errc::resource_deadlock_would_occur),
                                "penstock: wait_idle() in a task of the same pool would wait for itself");
    free_.wait(lock, [this, before = rests_] { return depth_ == 0 || rests_ != before; });
}

void inline_worker::shut_down() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    free_.notify_all();
    if (is_mine()) return; // its turn ends later
    free_.wait(lock, [this] { return depth_ == 0; });
    if (finalized_) return;
    owner_ = std::this_thread::get_id();
    depth_ = 1;
    lock.unlock();
    leave_turn();
}

pool_stats inline_worker::stats() {
    const std::lock_guard lock(mutex_);
    pool_stats now = stats_;
    now.workers = closed_ ? 0 : 1;
    now.queued = waiting_;
    now.running = depth_;
    return now;
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// What a future and the pool share about one task: the non-template node under the template handle. One allocation
// a task: the node is also what the pool queues (work_item, closure_task derive from it) and holds the result.
//
// Threads: the pool publishes once, from any thread; one consumer takes the result; observers may be added and
// removed by any thread. Life: counted references (retain, release); the pool holds one until it has published.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace penstock::detail {

class shared_state;
class linked_state;
class callback;

/// A counted reference to a state (or a class derived from it).
template <class State>
class state_ref {
public:
    state_ref() noexcept = default;
    /// Takes over a reference that the caller holds.
    static state_ref adopt(State* state) noexcept {
        state_ref ref;
        ref.state_ = state;
        return ref;
    }
    /// Adds a reference of its own.
    static state_ref share(State* state) noexcept {
        state->retain();
        return adopt(state);
    }
    state_ref(state_ref&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    template <class Derived>
    state_ref(state_ref<Derived>&& other) noexcept : state_(other.detach()) {}
    state_ref& operator=(state_ref&& other) noexcept {
        std::swap(state_, other.state_);
        return *this;
    }
    ~state_ref() {
        if (state_ != nullptr) state_->release();
    }
    State* detach() noexcept { return std::exchange(state_, nullptr); }
    State* get() const noexcept { return state_; }
    State* operator->() const noexcept { return state_; }
    State& operator*() const noexcept { return *state_; }
    explicit operator bool() const noexcept { return state_ != nullptr; }

private:
    State* state_ = nullptr;
};

/// Told, inside publish, that a state became ready. Must be quick, must not throw, must not touch the state.
class observer {
public:
    virtual void completed() noexcept = 0;

protected:
    ~observer() = default;

private:
    friend class shared_state;
    observer* next_ = nullptr;
};

/// A function to run once a state is ready; owned by the state until then.
class callback {
public:
    virtual ~callback() = default;
    /// Called once. Ends the life of this object, or hands it to somebody else.
    virtual void run(shared_state& state) noexcept = 0;
    callback* next = nullptr;
};

/// Where a pool runs the callbacks of its tasks. Any thread may call it; it may outlive its pool.
class callback_home {
public:
    virtual ~callback_home() = default;
    virtual void run_callbacks(shared_state& state, callback* first) noexcept = 0;
};

/// A thread in which a pool runs tasks or callbacks.
class pool_thread {
public:
    /// The one that calls, or null.
    static pool_thread*& current() noexcept;
    /// Lets another thread work in the place of this one, which is about to sleep until something happens that may need
    /// it. False when nobody can. Else take_back follows in this thread.
    virtual bool lend() noexcept = 0;
    virtual void take_back() noexcept = 0;
    /// This one is about to sleep without that, for a task that runs beside it in its own pool, or for something else;
    /// unblock follows in this thread.
    virtual void block([[maybe_unused]] bool beside_me) noexcept {}
    virtual void unblock([[maybe_unused]] bool beside_me) noexcept {}
    /// While it is lent: nobody works in its place, as the system refuses threads. Asks for one again.
    virtual bool is_alone() noexcept { return false; }

protected:
    ~pool_thread() = default;
};

class shared_state {
public:
    shared_state(const shared_state&) = delete;
    shared_state& operator=(const shared_state&) = delete;

    void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
    }

    bool ready() const noexcept { return (word_.load(std::memory_order_acquire) & ready_bit) != 0; }
    /// Ready, and it ended with an exception, which does not say that it was cancelled.
    bool failed() const noexcept { return (word_.load(std::memory_order_acquire) & failed_bit) != 0; }
    bool running() const noexcept { return (word_.load(std::memory_order_acquire) & (ready_bit | running_bit)) == running_bit; }
    void wait();
    /// False when the time came first.
    bool wait_until(std::chrono::steady_clock::time_point limit);

    /// Moves the value into `*slot`, a std::optional<T> (nullptr for void), or throws what the task ended with.
    /// Requires ready(). A second call throws std::future_error(future_already_retrieved).
    void take_once(void* slot);

    /// Ends the task with task_cancelled if it has not begun to run; with force, makes a running one end. False when
    /// that is too late.
    virtual bool cancel(bool force) = 0;

    double progress() const noexcept { return static_cast<double>(progress_.load(std::memory_order_relaxed)); }
    /// What is no number from 0 to 1 is made one.
    void set_progress(double fraction) noexcept {
        const double valid = fraction >= 1 ? 1 : fraction > 0 ? fraction : 0;
        progress_.store(static_cast<float>(valid), std::memory_order_relaxed);
    }

    /// Asked by a thread that has nothing else to do until this state is ready. A thread pool runs the task right here
    /// when it has not begun and the thread is one of its own workers, so that tasks may wait for tasks of their own
    /// pool. True when the state is ready by that.
    virtual bool help() { return false; }
    /// Asked after help() by a thread that waits for this very state, and for nothing that was made from it: it may sleep here
    /// until the state is ready, if that is quicker. False when it is not ready: the thread then sleeps as others do.
    virtual bool await() { return false; }
    /// Whether it is a task of the pool whose worker this thread is.
    virtual bool runs_beside_me() const noexcept { return false; }
    /// Asked by a thread before it sleeps until this state is ready or something else happens (a limit passes, another
    /// state is ready), so that help() would be wrong. A thread pool lets another thread work in the place of this one,
    /// for the same tasks. True when it did: then step_back() follows in the same thread.
    virtual bool step_aside() { return false; }
    virtual void step_back() noexcept {}

    /// Where callbacks run that this state causes later and elsewhere (of futures made from it). Null: in the thread that
    /// causes them.
    virtual std::shared_ptr<callback_home> home() const { return nullptr; }
    /// The one state that must be ready before this one can be; empty where there is none, or more.
    virtual state_ref<shared_state> input() noexcept { return {}; }
    virtual linked_state* as_linked() noexcept { return nullptr; }

    /// Runs `added` when the state is ready, where the pool runs callbacks; in the order added.
    void add_callback(callback* added);
    /// The same, but false, and nothing is done, when the state is ready already.
    bool add_callback_in_time(callback& added);
    /// False, and nothing is recorded, when the state is ready already.
    bool add_observer(observer& added);
    /// After this returns `removed` is not, and will not be, called.
    void remove_observer(observer& removed) noexcept;

    void set_running() noexcept { word_.fetch_or(running_bit, std::memory_order_release); }
    void clear_running() noexcept { word_.fetch_and(~running_bit, std::memory_order_release); }

protected:
    shared_state() noexcept = default;
    virtual ~shared_state() = default;

    /// For what derived classes guard, a few instructions at a time. Nothing of this class is called under it.
    void lock() noexcept;
    void unlock() noexcept;
    /// Whether the outcome that is about to be published is an exception, see failed().
    virtual bool has_failed() const noexcept { return false; }
    /// Sleeps until this is ready, or until `other`, which another process may change and wake, does not hold `value`; or for
    /// no reason. False, at once, where the kernel cannot wait for both.
    bool sleep_beside(const std::uint32_t& other, std::uint32_t value) noexcept;
    /// Makes the outcome visible and wakes everybody. Exactly once, after the outcome was stored.
    void publish() noexcept;
    virtual void take(void* slot) = 0;
    /// Runs a list of callbacks, first to last, and deletes them.
    virtual void run_callbacks(callback* first) noexcept = 0;
    virtual void destroy() noexcept = 0;

private:
    static constexpr std::uint32_t ready_bit = 1, waiting_bit = 2, lock_bit = 4, running_bit = 8, taken_bit = 16,
                                   failed_bit = 32,
                                   heard_bit = 64; // there is, or was, an observer or a callback

    bool sleep_until(std::optional<std::chrono::steady_clock::time_point> limit);

    std::atomic<std::uint32_t> references_{1};
    std::atomic<std::uint32_t> word_{0};
    std::atomic<float> progress_{0};
    observer* observers_ = nullptr; // guarded by lock_bit, as the next one
    callback* callbacks_ = nullptr; // newest first
};

/// Runs callbacks in this thread, first to last; keeps `state` alive meanwhile. Now, unless this is called by a callback
/// that was called by a callback and so on, many times: then when these have returned, so that the stack stays flat, or
/// when the thread begins to wait for something.
void run_callbacks_here(callback* first, shared_state& state) noexcept;
/// Before a thread sleeps: runs what run_callbacks_here put off.
void run_deferred_callbacks() noexcept;
/// What shared_state::has_failed says of a task that ended with `error`, or null.
bool is_failure(const std::exception_ptr& error) noexcept;
/// Says on standard error that a user's callback threw; there is nobody to throw to.
void report_callback_exception() noexcept;

} // namespace penstock::detail

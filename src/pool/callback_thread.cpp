// SPDX-License-Identifier: MIT
#include "pool/callback_thread.hpp"

#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace penstock::pool {

namespace {
thread_local const void* box_of_this_thread = nullptr;
} // namespace

/// The letters, and the threads that open them: one at a time, the one that has the turn.
struct callback_thread::inbox : std::enable_shared_from_this<inbox> {
    struct letter {
        detail::state_ref<detail::shared_state> state; // with `first`
        detail::callback* first = nullptr;
        std::function<void()> function = {}; // without
    };

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<letter> letters;
    std::vector<std::thread> threads; // none until one is needed; more once callbacks wait for callbacks
    std::size_t free_threads = 0;     // not in the middle of a letter
    std::size_t returning = 0;        // threads in the middle of a letter that want the turn back
    bool turn_taken = false;
    bool stopping = false;
    bool left_alone = false; // nobody joins the threads

    /// Under the lock. Throws when there is no memory, or no thread to be had.
    void add(letter added) {
        letters.push_back(std::move(added));
        try {
            if (threads.empty()) start();
        } catch (...) {
            letters.pop_back();
            throw;
        }
        changed.notify_all(); // there is one thread, nearly always
    }
    /// Under the lock. The program's signal handlers are not for this thread, whoever starts it.
    void start() {
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        try {
            threads.emplace_back([box = shared_from_this()] { box->run(); });
            ++free_threads;
            if (left_alone) release_threads();
        } catch (...) {
            pthread_sigmask(SIG_SETMASK, &before, nullptr);
            throw;
        }
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    /// Under the lock.
    void release_threads() noexcept {
        for (std::thread& each : threads) each.detach();
        threads.clear();
    }
    void run() {
        box_of_this_thread = this;
        turn here(*this);
        detail::pool_thread::current() = &here;
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return may_open() || may_end(); });
            if (!may_open()) return;
            letter next = std::move(letters.front());
            letters.pop_front();
            turn_taken = true;
            --free_threads;
            lock.unlock();
            deliver(next);
            next = {}; // may be the last of the engine, which then stops us: not under the lock
            lock.lock();
            ++free_threads;
            turn_taken = false;
            changed.notify_all();
        }
    }
    bool may_open() const noexcept { return !letters.empty() && !turn_taken && returning == 0; }
    bool may_end() const noexcept { return stopping && letters.empty(); }

    static void deliver(const letter& next) {
        if (next.state) return detail::run_callbacks_here(next.first, *next.state);
        try {
            next.function();
        } catch (...) {
            detail::report_callback_exception();
        }
    }

    /// A callback that waits for what other callbacks do gives the turn away meanwhile, to a thread like this one.
    class turn final : public detail::pool_thread {
    public:
        explicit turn(inbox& box) noexcept : box_(box) {}
        bool lend() noexcept override {
            const std::lock_guard lock(box_.mutex);
            try {
                if (box_.free_threads == 0) box_.start();
            } catch (const std::exception&) {
                return false;
            }
            box_.turn_taken = false;
            box_.changed.notify_all();
            return true;
        }
        void take_back() noexcept override {
            std::unique_lock lock(box_.mutex);
            ++box_.returning;
            box_.changed.wait(lock, [this] { return !box_.turn_taken; });
            --box_.returning;
            box_.turn_taken = true;
        }

    private:
        inbox& box_;
    };
};

callback_thread::callback_thread() : inbox_(std::make_shared<inbox>()) {}

callback_thread::~callback_thread() { stop(); }

bool callback_thread::is_here() const noexcept { return box_of_this_thread == inbox_.get(); }

void callback_thread::post(detail::shared_state& state, detail::callback* first) noexcept {
    try {
        const std::lock_guard lock(inbox_->mutex);
        if (!inbox_->stopping) return inbox_->add({detail::state_ref<detail::shared_state>::share(&state), first});
    } catch (const std::exception&) { // better here than never
    }
    detail::run_callbacks_here(first, state);
}

void callback_thread::post(std::function<void()> function) noexcept {
    try {
        const std::lock_guard lock(inbox_->mutex);
        if (!inbox_->stopping) inbox_->add({{}, nullptr, std::move(function)});
    } catch (const std::exception&) {
        detail::report_callback_exception();
    }
}

void callback_thread::stop() noexcept {
    std::unique_lock lock(inbox_->mutex);
    inbox_->stopping = true;
    inbox_->changed.notify_all();
    if (is_here()) { // they open what is left when we are done
        inbox_->left_alone = true;
        return inbox_->release_threads();
    }
    while (!inbox_->threads.empty()) { // a callback that waits may start another meanwhile
        auto ending = std::exchange(inbox_->threads, {});
        lock.unlock();
        for (std::thread& each : ending) each.join();
        lock.lock();
    }
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
#include "pool/callback_thread.hpp"

#include <csignal>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace penstock::pool {

namespace {
thread_local const void* box_of_this_thread = nullptr;
} // namespace

struct callback_thread::inbox {
    struct letter {
        detail::state_ref<detail::shared_state> state; // with `first`
        detail::callback* first = nullptr;
        std::function<void()> function = {}; // without
    };

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<letter> letters;
    std::thread thread; // joinable once it was needed
    bool stopping = false;

    /// Under the lock. Throws when there is no memory, or no thread to be had.
    void add(const std::shared_ptr<inbox>& self, letter added) {
        letters.push_back(std::move(added));
        try {
            if (!thread.joinable()) start(self);
        } catch (...) {
            letters.pop_back();
            throw;
        }
        changed.notify_one();
    }
    /// The program's signal handlers are not for this thread, whoever starts it.
    void start(std::shared_ptr<inbox> self) {
        sigset_t all;
        sigset_t before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        try {
            thread = std::thread([box = std::move(self)] { box->run(); });
        } catch (...) {
            pthread_sigmask(SIG_SETMASK, &before, nullptr);
            throw;
        }
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    void run() {
        box_of_this_thread = this;
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return stopping || !letters.empty(); });
            if (letters.empty()) return;
            letter next = std::move(letters.front());
            letters.pop_front();
            lock.unlock();
            deliver(next);
            next = {}; // may be the last of the engine, which then stops us: not under the lock
            lock.lock();
        }
    }
    static void deliver(const letter& next) {
        if (next.state) return detail::run_callbacks_here(next.first, *next.state);
        try {
            next.function();
        } catch (...) {
            detail::report_callback_exception();
        }
    }
};

callback_thread::callback_thread() : inbox_(std::make_shared<inbox>()) {}

callback_thread::~callback_thread() { stop(); }

bool callback_thread::is_here() const noexcept { return box_of_this_thread == inbox_.get(); }

void callback_thread::post(detail::shared_state& state, detail::callback* first) noexcept {
    try {
        const std::lock_guard lock(inbox_->mutex);
        if (!inbox_->stopping)
            return inbox_->add(inbox_, {detail::state_ref<detail::shared_state>::share(&state), first});
    } catch (const std::exception&) { // better here than never
    }
    detail::run_callbacks_here(first, state);
}

void callback_thread::post(std::function<void()> function) noexcept {
    try {
        const std::lock_guard lock(inbox_->mutex);
        if (!inbox_->stopping) inbox_->add(inbox_, {{}, nullptr, std::move(function)});
    } catch (const std::exception&) {
        detail::report_callback_exception();
    }
}

void callback_thread::stop() noexcept {
    std::thread ending;
    {
        const std::lock_guard lock(inbox_->mutex);
        inbox_->stopping = true;
        ending = std::move(inbox_->thread);
        inbox_->changed.notify_one();
    }
    if (!ending.joinable()) return;
    if (ending.get_id() == std::this_thread::get_id()) ending.detach();
    else ending.join();
}

} // namespace penstock::pool

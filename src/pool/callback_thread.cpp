// SPDX-License-Identifier: MIT
#include "pool/callback_thread.hpp"

#include <csignal>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace penstock::pool {

struct callback_thread::inbox {
    struct letter {
        detail::state_ref<detail::shared_state> state;
        detail::callback* first;
    };

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<letter> letters;
    std::thread thread; // joinable once it was needed
    bool stopping = false;

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
        std::unique_lock lock(mutex);
        for (;;) {
            changed.wait(lock, [this] { return stopping || !letters.empty(); });
            if (letters.empty()) return;
            letter next = std::move(letters.front());
            letters.pop_front();
            lock.unlock();
            detail::run_callbacks_here(next.first, *next.state);
            next.state = {}; // may be the last of the engine, which then stops us: not under the lock
            lock.lock();
        }
    }
};

callback_thread::callback_thread() : inbox_(std::make_shared<inbox>()) {}

callback_thread::~callback_thread() { stop(); }

void callback_thread::post(detail::shared_state& state, detail::callback* first) noexcept {
    try {
        std::unique_lock lock(inbox_->mutex);
        if (!inbox_->stopping) {
            inbox_->letters.push_back({detail::state_ref<detail::shared_state>::share(&state), first});
            if (!inbox_->thread.joinable()) inbox_->start(inbox_);
            inbox_->changed.notify_one();
            return;
        }
    } catch (const std::exception&) { // no memory, or no thread to be had: better here than never
        const std::lock_guard lock(inbox_->mutex);
        if (!inbox_->letters.empty() && inbox_->letters.back().first == first) inbox_->letters.pop_back();
    }
    detail::run_callbacks_here(first, state);
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

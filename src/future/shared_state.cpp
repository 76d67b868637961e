// SPDX-License-Identifier: MIT
#include <penstock/detail/shared_state.hpp>

#include "future/futex.hpp"
#include "future/lent_place.hpp"

#include <penstock/errors.hpp>

#include <cstdio>
#include <future>
#include <thread>

namespace penstock::detail {

namespace {

callback* reversed(callback* newest) noexcept {
    callback* first = nullptr;
    while (newest != nullptr) {
        callback* older = std::exchange(newest->next, first);
        first = std::exchange(newest, older);
    }
    return first;
}

} // namespace

void shared_state::lock() noexcept { // held for a few instructions only
    while ((word_.fetch_or(lock_bit, std::memory_order_acquire) & lock_bit) != 0) std::this_thread::yield();
}

void shared_state::unlock() noexcept { word_.fetch_and(~lock_bit, std::memory_order_release); }

void shared_state::wait() {
    if (ready() || help()) return;
    run_deferred_callbacks();
    if (!ready() && !await()) sleep_until(std::nullopt);
}

bool shared_state::wait_until(std::chrono::steady_clock::time_point limit) {
    using clock = std::chrono::steady_clock;
    if (ready()) return true;
    if (limit == clock::time_point::max()) return wait(), true;
    return limit > clock::now() ? sleep_until(limit) : ready();
}

bool shared_state::sleep_until(std::optional<std::chrono::steady_clock::time_point> limit) {
    run_deferred_callbacks();
    if (ready()) return true;
    const lent_place place(step_aside() ? this : nullptr, runs_beside_me());
    for (;;) {
        auto word = word_.load(std::memory_order_acquire);
        if ((word & ready_bit) != 0) return true;
        if ((word & waiting_bit) == 0) {
            word_.fetch_or(waiting_bit, std::memory_order_relaxed);
            continue;
        }
        if (limit || !place.is_lent()) {
            if (!futex_wait(word_, word, limit)) return ready();
            continue;
        }
        const bool alone = place.is_alone();
        if (!alone || !help()) futex_wait(word_, word, std::chrono::steady_clock::now() + place.longest_sleep(alone));
    }
}

bool shared_state::sleep_beside(const std::uint32_t& other, std::uint32_t value) noexcept {
    const auto word = word_.fetch_or(waiting_bit, std::memory_order_acq_rel) | waiting_bit;
    return (word & ready_bit) != 0 || futex_wait_either(word_, word, other, value);
}

void shared_state::take_once(void* slot) {
    if ((word_.fetch_or(taken_bit, std::memory_order_acq_rel) & taken_bit) != 0)
        throw std::future_error(std::future_errc::future_already_retrieved);
    take(slot);
}

void shared_state::add_callback(callback* added) {
    if (!add_callback_in_time(*added)) run_callbacks(added);
}

bool shared_state::add_callback_in_time(callback& added) {
    lock();
    const bool late = ready();
    added.next = late ? nullptr : std::exchange(callbacks_, &added);
    if (!late) word_.fetch_or(heard_bit, std::memory_order_relaxed);
    unlock();
    return !late;
}

bool shared_state::add_observer(observer& added) {
    lock();
    const bool late = ready();
    if (!late) {
        added.next_ = observers_;
        observers_ = &added;
        word_.fetch_or(heard_bit, std::memory_order_relaxed);
    }
    unlock();
    return !late;
}

void shared_state::remove_observer(observer& removed) noexcept {
    lock(); // publish calls observers under this lock, so after it none is in the middle of a call
    for (observer** link = &observers_; *link != nullptr; link = &(*link)->next_)
        if (*link == &removed) {
            *link = removed.next_;
            break;
        }
    unlock();
}

void shared_state::publish() noexcept {
    const std::uint32_t outcome = ready_bit | (has_failed() ? failed_bit : 0);
    auto word = word_.load(std::memory_order_acquire);
    if ((word & (heard_bit | lock_bit | waiting_bit)) == 0 &&
        word_.compare_exchange_strong(word, word | outcome, std::memory_order_acq_rel))
        return; // nobody has asked to be told
    lock();
    word_.fetch_or(outcome, std::memory_order_release);
    for (observer* told = std::exchange(observers_, nullptr); told != nullptr;) {
        observer* next = told->next_; // once told, its owner may destroy it
        told->completed();
        told = next;
    }
    callback* waiting = reversed(std::exchange(callbacks_, nullptr));
    const auto before = word_.fetch_and(~(lock_bit | waiting_bit), std::memory_order_acq_rel);
    if ((before & waiting_bit) != 0) futex_wake_all(word_);
    if (waiting != nullptr) run_callbacks(waiting);
}

void report_callback_exception() noexcept {
    const char* what = "an exception that is not a std::exception";
    try {
        throw;
    } catch (const std::exception& e) {
        what = e.what();
        std::fprintf(stderr, "penstock: a callback (of a future or a pool) threw: %s\n", what);
    } catch (...) {
        std::fprintf(stderr, "penstock: a callback (of a future or a pool) threw %s\n", what);
    }
}

bool is_failure(const std::exception_ptr& error) noexcept {
    if (error == nullptr) return false;
    try {
        std::rethrow_exception(error);
    } catch (const task_cancelled&) {
        return false;
    } catch (...) {
        return true;
    }
}

} // namespace penstock::detail

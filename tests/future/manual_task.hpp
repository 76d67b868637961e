// SPDX-License-Identifier: MIT
// A task that the test itself completes, to look at futures without a pool. The test holds one reference,
// each future another. It counts what is asked of a pool.
#pragma once

#include <penstock/errors.hpp>
#include <penstock/future.hpp>

#include <atomic>
#include <exception>
#include <optional>
#include <utility>

namespace penstock::test {

class manual_state final : public detail::shared_state {
public:
    static inline std::atomic<int> alive{0};

    manual_state() { ++alive; }

    void complete(int value) {
        value_ = value;
        publish();
    }
    void fail(std::exception_ptr error) {
        error_ = std::move(error);
        publish();
    }
    bool cancel(bool) override {
        if (ready() || running()) return false;
        fail(std::make_exception_ptr(task_cancelled("cancelled by hand")));
        return true;
    }
    bool help() override {
        ++helps;
        if (!value_when_helped) return false;
        complete(*value_when_helped);
        return true;
    }
    bool step_aside() override {
        ++asides;
        return stands_in;
    }
    void step_back() noexcept override { ++backs; }

    std::optional<int> value_when_helped;
    bool stands_in = false;
    std::atomic<int> helps{0};
    std::atomic<int> asides{0};
    std::atomic<int> backs{0};

private:
    ~manual_state() override { --alive; }
    void take(void* slot) override {
        if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
        static_cast<std::optional<int>*>(slot)->emplace(value_);
    }
    bool has_failed() const noexcept override { return detail::is_failure(error_); }
    void run_callbacks(detail::callback* first) noexcept override {
        detail::run_callbacks_here(first, *this);
    }
    void destroy() noexcept override { delete this; }

    int value_ = 0;
    std::exception_ptr error_;
};

/// The test's handle.
class manual_task {
public:
    future<int> get_future() {
        return future<int>(detail::state_ref<detail::shared_state>::share(state_.get()));
    }
    manual_state* operator->() const { return state_.get(); }

private:
    detail::state_ref<manual_state> state_ = detail::state_ref<manual_state>::adopt(new manual_state);
};

} // namespace penstock::test

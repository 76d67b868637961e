// SPDX-License-Identifier: MIT
#include <penstock/detail/resume_loop.hpp>

#include <utility>

namespace penstock::detail {

namespace {

struct loop {
    std::coroutine_handle<> current;
    std::coroutine_handle<> next = {};
};
thread_local loop* innermost = nullptr;

/// Makes a loop the innermost one of its thread.
class looping {
public:
    explicit looping(loop& here) noexcept : outer_(std::exchange(innermost, &here)) {}
    ~looping() { innermost = outer_; }
    looping(const looping&) = delete;
    looping& operator=(const looping&) = delete;

private:
    loop* outer_;
};

} // namespace

void resume_loop(std::coroutine_handle<> first) {
    loop here{first};
    const looping known(here);
    while (here.current) {
        here.current.resume();
        here.current = std::exchange(here.next, {});
    }
}

void hand_over(std::coroutine_handle<> from, std::coroutine_handle<> next) {
    if (innermost != nullptr && innermost->current == from) innermost->next = next;
    else resume_loop(next);
}

void resumption::run(shared_state&) noexcept {
    const auto waiting = waiting_;
    if (one_left_.exchange(true, std::memory_order_acq_rel)) {
        delete this;
        return;
    }
    try {
        resume_loop(waiting); // its awaiter deletes this
    } catch (...) {
        report_callback_exception();
    }
}

} // namespace penstock::detail

// SPDX-License-Identifier: MIT
// SIGTERM and SIGINT as a descriptor that becomes readable and stays so: who waits for something else waits for it too.
// One at a time; made by the main thread before it starts others. The object owns the descriptor and puts the default
// actions back. Throws std::system_error.
#pragma once

namespace lambda {

class stop_signal {
public:
    stop_signal();
    ~stop_signal();
    stop_signal(const stop_signal&) = delete;
    stop_signal& operator=(const stop_signal&) = delete;

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] bool requested() const;

private:
    int descriptor_;
};

// For the initializer of a pool. Who ends a process group ends the workers in the middle of an invocation that the
// bootstrap would have answered: they leave that to their pool. An empty handler rather than SIG_IGN, which programs that
// a task starts would inherit. A task that does not heed its pool is killed a grace later than it would be otherwise.
void leave_sigterm_to_the_bootstrap();

}  // namespace lambda

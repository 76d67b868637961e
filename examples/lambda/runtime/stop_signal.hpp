// SPDX-License-Identifier: MIT
// SIGTERM and SIGINT as a descriptor that becomes readable and stays so: who waits for something else waits for it too.
// One at a time; made by the main thread before it starts others. The object owns the descriptor and puts the default
// actions back. Throws std::system_error. Workers of a pool have neither: their pool ends them.
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

}  // namespace lambda

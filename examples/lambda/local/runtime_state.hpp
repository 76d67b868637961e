// SPDX-License-Identifier: MIT
// The state machine of runtime_api.hpp without its HTTP. Any thread.
#pragma once

#include "local/runtime_api.hpp"

#include <condition_variable>
#include <mutex>

namespace lambda_local {

// What the runtime's request is answered with.
struct reply {
    unsigned status = 202;
    std::string body = R"({"status":"OK"})";
    std::optional<event> next = std::nullopt;  // then the answer is this event
};

class runtime_state {
public:
    // Waits for an event.
    [[nodiscard]] reply next();
    [[nodiscard]] reply take_answer(const std::string& id, answer what);
    [[nodiscard]] reply take_init_error(answer what);

    [[nodiscard]] bool wait_until_ready(runtime_api::time_point limit);
    void deliver(event what);
    [[nodiscard]] std::optional<answer> wait_for_answer(runtime_api::time_point limit);
    [[nodiscard]] std::optional<answer> init_error() const;
    void gone();
    [[nodiscard]] bool is_gone() const;
    bool wait_until_gone(runtime_api::time_point limit);

private:
    enum class phase { starting, waiting, busy, answered, failed };

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    phase phase_ = phase::starting;
    bool gone_ = false;
    bool delivered_ = false;  // an event is there that `next` has not taken yet
    event current_;
    std::optional<answer> answer_;
};

}  // namespace lambda_local

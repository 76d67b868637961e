// SPDX-License-Identifier: MIT
// One execution environment: a bootstrap in a process group of its own with its own Runtime API. It is frozen between
// invocations and killed when it passes a deadline. One invocation at a time; one thread at a time.
#pragma once

#include "local/function_settings.hpp"
#include "local/process_group.hpp"
#include "local/runtime_api.hpp"

namespace lambda_local {

struct invocation_result {
    int status = 200;             // of the Invoke API: 200, or 429 when it was throttled
    std::string payload;          // of the function, or the error's JSON
    std::string error_type;       // empty when the function answered
    double seconds = 0;           // from the event's delivery to the answer
    bool cold = false;            // the environment was started for it
    std::size_t environment = 0;  // number of the environment, from 1

    [[nodiscard]] bool throttled() const noexcept { return status == 429; }
    [[nodiscard]] bool failed() const noexcept { return status != 200 || !error_type.empty(); }
};

class environment {
public:
    // Starts the bootstrap and does not wait for it. Throws std::system_error.
    environment(const function_settings& settings, std::size_t number);
    // SIGTERM, up to two seconds, then SIGKILL for the whole group.
    ~environment();

    // Never throws for what the bootstrap does: that is in the result.
    [[nodiscard]] invocation_result invoke(const std::string& payload);
    // Whether it can be used again.
    [[nodiscard]] bool usable() const;
    [[nodiscard]] const process_group& processes() const noexcept { return processes_; }

private:
    [[nodiscard]] invocation_result run(const std::string& payload);
    [[nodiscard]] invocation_result failure_of_init() const;
    [[nodiscard]] invocation_result failure_of_run(const std::string& id) const;
    void settle(runtime_api::time_point limit);

    const function_settings& settings_;
    std::size_t number_;
    bool fresh_ = true;
    bool over_ = false;
    runtime_api api_;
    process_group processes_;  // ends before the API that it talks to
};

}  // namespace lambda_local

// SPDX-License-Identifier: MIT
// Lambda's side of the Runtime API (2018-06-01), for one execution environment, on a free port of 127.0.0.1:
//
//     starting --next--> waiting --deliver()--> busy --response, error--> answered --next--> waiting ...
//         \--init/error--> failed
//
// A request that does not fit the state is refused with 403, an unknown request id with 400, a response over 6 MB with
// 413: it then is an error of the invocation. Any thread; waits end with their limit, with gone(), and with the object.
// Throws std::system_error where there is no port. The destructor cuts all connections.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace lambda_local {

struct event {
    std::string id;
    std::string payload;
    std::chrono::system_clock::time_point deadline;
    std::string function_arn;
    std::string trace_id;
};

struct answer {
    bool failed = false;
    std::string body;
    std::string error_type;  // the header Lambda-Runtime-Function-Error-Type
};

class runtime_api {
public:
    using time_point = std::chrono::steady_clock::time_point;

    runtime_api();
    ~runtime_api();
    runtime_api(const runtime_api&) = delete;
    runtime_api& operator=(const runtime_api&) = delete;

    // What AWS_LAMBDA_RUNTIME_API is to say.
    [[nodiscard]] std::string address() const;

    // Until the runtime asks for an event. False: it did not in time, or is gone, or reported an init error.
    [[nodiscard]] bool wait_until_ready(time_point limit);
    // To a runtime that is ready. Does not wait.
    void deliver(event what);
    // Of the event that was delivered. Nothing: not in time, or the runtime is gone.
    [[nodiscard]] std::optional<answer> wait_for_answer(time_point limit);
    [[nodiscard]] std::optional<answer> init_error() const;

    // The runtime has ended: nobody waits for it any longer.
    void gone();
    [[nodiscard]] bool is_gone() const;
    bool wait_until_gone(time_point limit);

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace lambda_local

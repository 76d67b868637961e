// SPDX-License-Identifier: MIT
// A test that runs once over each transport: run(task) gives the task's result or throws its exception.
#pragma once

#include "client/blocking_transport.hpp"
#include "client/client.hpp"
#include "client/multi_transport.hpp"

#include "scripted_server.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

namespace s3::test {

template <class T>
task<void> keep_result(task<T> work, std::optional<T>* result) {
    result->emplace(co_await work);
}

template <class T>
T run_on(multi_transport& way, task<T> work) {
    std::optional<T> result;
    way.spawn(keep_result(std::move(work), &result));
    way.run();
    return std::move(result.value());
}

inline void run_on(multi_transport& way, task<void> work) {
    way.spawn(std::move(work));
    way.run();
}

inline client_settings quick_settings(const std::string& endpoint) {
    client_settings settings;
    settings.endpoint = endpoint;
    settings.first_backoff = std::chrono::milliseconds(1);
    settings.longest_backoff = std::chrono::milliseconds(2);
    return settings;
}

// With a token: sessions are the harder case.
inline credentials some_keys() {
    return {"AKIDTEST", "a-secret-that-must-not-be-seen", "a-token-that-must-not-be-seen"};
}

class both_transports : public ::testing::TestWithParam<std::string> {
protected:
    template <class T>
    T run(task<T> work) {
        if (many_) return run_on(*many_, std::move(work));
        return run_here(std::move(work));
    }

    transport& way() { return many_ ? static_cast<transport&>(*many_) : *one_; }

    // What the task throws as an s3_error.
    template <class Error = s3_error, class T>
    Error error_of(task<T> work) {
        try {
            (void)run(std::move(work));
        } catch (const Error& error) {
            return error;
        }
        throw std::runtime_error("the task did not fail");
    }

private:
    std::unique_ptr<blocking_transport> one_ =
        GetParam() == "blocking" ? std::make_unique<blocking_transport>() : nullptr;
    std::unique_ptr<multi_transport> many_ =
        GetParam() == "multi" ? std::make_unique<multi_transport>(4) : nullptr;
};

inline std::string transport_name(const ::testing::TestParamInfo<std::string>& info) { return info.param; }

}  // namespace s3::test

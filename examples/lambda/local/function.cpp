// SPDX-License-Identifier: MIT
#include "local/function.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace lambda_local {
namespace {

function_settings checked(function_settings settings) {
    settings.directory = std::filesystem::absolute(settings.directory).lexically_normal().string();
    const std::string file = settings.directory + "/bootstrap";
    if (::access(file.c_str(), X_OK) != 0)
        throw std::invalid_argument("there is no program " + file +
                                    ": give the directory of an unpacked function");
    settings.concurrency = std::max<std::size_t>(settings.concurrency, 1);
    return settings;
}

invocation_result throttled() {
    invocation_result result;
    result.status = 429;
    result.error_type = "TooManyRequestsException";
    result.payload =
        R"({"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."})";
    return result;
}

}  // namespace

function::function(function_settings settings) : settings_(checked(std::move(settings))) {}
function::~function() = default;

invocation_result function::invoke(const std::string& payload) {
    std::unique_ptr<environment> mine = take();
    if (!mine) return throttled();
    invocation_result result = mine->invoke(payload);
    give_back(std::move(mine), result);
    return result;
}

std::unique_ptr<environment> function::take() {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<environment> found;
    if (!idle_.empty()) {
        found = std::move(idle_.back());
        idle_.pop_back();
    } else if (busy_ < settings_.concurrency) {
        found = std::make_unique<environment>(settings_, ++started_);
        ++counters_.cold_starts;
    } else {
        ++counters_.throttles;
        return nullptr;
    }
    ++counters_.invocations;
    counters_.most_at_once = std::max(counters_.most_at_once, ++busy_);
    return found;
}

void function::give_back(std::unique_ptr<environment> used, const invocation_result& result) {
    const bool again = used->usable();
    if (!again) used.reset();  // not under the lock: it waits for processes to end
    const std::lock_guard lock(mutex_);
    --busy_;
    if (result.failed()) ++counters_.errors;
    if (again) idle_.push_back(std::move(used));
}

function_counters function::counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
}

}  // namespace lambda_local

// SPDX-License-Identifier: MIT
#include "program/fanout/delivery.hpp"

#include "client/blocking_transport.hpp"
#include "client/queues.hpp"
#include "interrupt.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>
#include <utility>

namespace s3_program {
namespace {

using clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr int most_attempts = 3;  // an asynchronous invocation of Lambda is tried twice more
constexpr std::chrono::milliseconds first_pause{5};
constexpr std::chrono::milliseconds longest_pause{200};

// With jitter, so that those who were refused together do not come again together.
std::chrono::microseconds pause_after(int attempt) {
    thread_local std::minstd_rand random{std::random_device{}()};
    const auto longest =
        std::min<std::chrono::milliseconds>(first_pause * (1 << std::min(attempt, 10)), longest_pause);
    return std::chrono::microseconds(
        std::uniform_int_distribution<std::int64_t>(500, std::chrono::microseconds(longest).count())(random));
}

// SNS's envelope in a queue, as the event that Lambda makes of it.
std::string event_of(const json& envelope) {
    json sns{{"Type", "Notification"}};
    for (const char* name : {"MessageId", "TopicArn", "Subject", "Message", "Timestamp"})
        sns[name] = envelope.value(name, json());
    return json{{"Records", {{{"EventSource", "aws:sns"}, {"EventVersion", "1.0"}, {"Sns", std::move(sns)}}}}}
        .dump();
}

std::string sentence_of(const lambda_local::invocation_result& result) {
    const json body = json::parse(result.payload, nullptr, false);
    const std::string message =
        body.is_object() ? body.value("errorMessage", result.payload) : result.payload;
    return result.error_type + ": " + message;
}

}  // namespace

delivery::delivery(queue from, lambda_local::function& to) : from_(std::move(from)), to_(to) {}

void delivery::run(std::uint64_t expected, std::chrono::seconds patience) {
    s3::blocking_transport way(example_common::interrupt_requested);
    s3::queues queues(from_.settings, from_.keys, way);
    for (;;) {
        {
            const std::lock_guard lock(mutex_);
            if (settled_ >= expected || clock::now() - last_ > patience) return;
        }
        if (stopped_ || example_common::interrupt_requested()) return;
        const auto message = s3::run_here(queues.receive(from_.url, std::chrono::seconds(1)));
        if (!message) continue;
        deliver(message->body);
        s3::run_here(queues.remove(from_.url, message->receipt));
    }
}

void delivery::deliver(const std::string& body) {
    const json envelope = json::parse(body);
    const auto id = envelope.at("MessageId").get<std::string>();
    if (is_new(id)) settle(id, invoke(event_of(envelope)));
}

bool delivery::is_new(const std::string& id) {
    const std::lock_guard lock(mutex_);
    last_ = clock::now();
    if (seen_.empty()) first_ = last_;
    const bool fresh = seen_.insert(id).second;
    ++(fresh ? counted_.arrived : counted_.duplicates);
    return fresh;
}

lambda_local::invocation_result delivery::invoke(const std::string& event) {
    int throttled = 0;
    for (int attempt = 1;;) {
        auto result = to_.invoke(event);
        if (!result.throttled()) {
            const std::lock_guard lock(mutex_);
            counted_.seconds.push_back(result.seconds);
        }
        if (!result.failed() || example_common::interrupt_requested()) return result;
        const bool again = result.throttled() || attempt < most_attempts;
        if (!again) return result;
        {
            const std::lock_guard lock(mutex_);
            ++(result.throttled() ? counted_.throttles : counted_.retries);
        }
        std::this_thread::sleep_for(pause_after(result.throttled() ? throttled++ : attempt++));
    }
}

void delivery::settle(const std::string& id, const lambda_local::invocation_result& result) {
    const std::lock_guard lock(mutex_);
    last_ = clock::now();
    counted_.elapsed = std::chrono::duration<double>(last_ - first_).count();
    ++settled_;
    if (result.failed()) counted_.failures.push_back("message " + id + ": " + sentence_of(result));
    else ++counted_.done;
}

delivered delivery::result() const {
    const std::lock_guard lock(mutex_);
    return counted_;
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// The runtime's client against Lambda's side, in one process: what each says to the other, and what is refused.
#include "local/runtime_api.hpp"
#include "local/runtime_state.hpp"
#include "runtime/runtime_client.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace {

using nlohmann::json;

constexpr auto a_minute = std::chrono::minutes(1);

class RuntimeApi : public testing::Test {
protected:
    static std::chrono::steady_clock::time_point soon() {
        return std::chrono::steady_clock::now() + a_minute;
    }

    // The runtime has taken an event of this id, and answers next.
    void take(const std::string& id) {
        auto taken = std::async(std::launch::async, [this] { return client.next(); });
        ASSERT_TRUE(api.wait_until_ready(soon()));
        api.deliver({id, "{}", std::chrono::system_clock::now() + a_minute, "arn", "trace"});
        ASSERT_TRUE(taken.get().has_value());
    }

    lambda::stop_signal stop;
    lambda_local::runtime_api api;
    lambda::runtime_client client{api.address(), stop};
};

TEST_F(RuntimeApi, HandsOverAnEventWithItsHeadersAndTakesTheAnswer) {
    const std::chrono::system_clock::time_point deadline{std::chrono::milliseconds(1'542'409'706'888)};
    auto taken = std::async(std::launch::async, [this] { return client.next(); });
    ASSERT_TRUE(api.wait_until_ready(soon()));
    api.deliver({"id-1", R"({"a":1})", deadline, "arn:aws:lambda:x", "Root=1-2"});
    const auto call = taken.get();
    ASSERT_TRUE(call.has_value());
    EXPECT_EQ(call->id, "id-1");
    EXPECT_EQ(call->payload, R"({"a":1})");
    EXPECT_EQ(call->deadline, deadline);
    EXPECT_EQ(call->function_arn, "arn:aws:lambda:x");
    EXPECT_EQ(call->trace_id, "Root=1-2");
    EXPECT_EQ(client.respond("id-1", "[2]").status, 202);
    const auto said = api.wait_for_answer(soon());
    ASSERT_TRUE(said.has_value());
    EXPECT_FALSE(said->failed);
    EXPECT_EQ(said->body, "[2]");
}

TEST_F(RuntimeApi, RefusesUnknownAndDuplicateAnswers) {
    EXPECT_EQ(client.respond("id-0", "{}").status, 400);
    take("id-1");
    const auto unknown = client.respond("id-2", "{}");
    EXPECT_EQ(unknown.status, 400);
    EXPECT_EQ(json::parse(unknown.body).at("errorType"), "InvalidRequestID");
    EXPECT_TRUE(client.respond("id-1", "{}").taken());
    const auto again = client.respond("id-1", "{}");
    EXPECT_EQ(again.status, 403);
    EXPECT_EQ(json::parse(again.body).at("errorType"), "InvalidStateTransition");
    EXPECT_EQ(client.report("id-1", {"late", "type", "Function.Late", {}}).status, 403);
    EXPECT_EQ(client.report_init({"late", "type", "Runtime.Late", {}}).status, 403);
}

TEST_F(RuntimeApi, ASecondRequestForAnEventInTheMiddleOfOneIsRefused) {
    take("id-1");
    EXPECT_THROW((void)client.next(), std::runtime_error);
}

TEST_F(RuntimeApi, TellsErrorsAsLambdaDocumentsThem) {
    take("id-1");
    EXPECT_TRUE(client.report("id-1", {"it \xff broke", "my::error", "Function.Exception", {"here", "there"}})
                    .taken());
    const auto said = api.wait_for_answer(soon());
    ASSERT_TRUE(said.has_value());
    EXPECT_TRUE(said->failed);
    EXPECT_EQ(said->error_type, "Function.Exception");
    const json body = json::parse(said->body);
    EXPECT_EQ(body.at("errorMessage"), "it \xef\xbf\xbd broke");
    EXPECT_EQ(body.at("errorType"), "my::error");
    EXPECT_EQ(body.at("stackTrace"), json({"here", "there"}));
}

TEST_F(RuntimeApi, RefusesALargeResponseBeforeItIsSent) {
    take("id-1");
    EXPECT_EQ(client.respond("id-1", std::string(lambda::most_response_bytes + 1, ' ')).status, 202);
    const auto said = api.wait_for_answer(soon());
    ASSERT_TRUE(said.has_value());
    EXPECT_TRUE(said->failed);
    EXPECT_EQ(said->error_type, "Function.ResponseSizeTooLarge");
    EXPECT_LT(said->body.size(), 1'000U);
    take("id-2");
    EXPECT_EQ(client.respond("id-2", std::string(lambda::most_response_bytes, ' ')).status, 202);
    EXPECT_FALSE(api.wait_for_answer(soon())->failed);
}

TEST_F(RuntimeApi, AnInitErrorEndsTheWaitForTheRuntime) {
    EXPECT_TRUE(client.report_init({"no", "type", "Runtime.InitError", {}}).taken());
    EXPECT_FALSE(api.wait_until_ready(soon()));
    ASSERT_TRUE(api.init_error().has_value());
    EXPECT_EQ(api.init_error()->error_type, "Runtime.InitError");
}

TEST_F(RuntimeApi, SigtermEndsTheWaitForAnEvent) {
    auto taken = std::async(std::launch::async, [this] { return client.next(); });
    ASSERT_TRUE(api.wait_until_ready(soon()));
    ::kill(::getpid(), SIGTERM);
    EXPECT_FALSE(taken.get().has_value());
    EXPECT_TRUE(stop.requested());
}

TEST_F(RuntimeApi, ARuntimeIsToldWhenItsEnvironmentEnds) {
    auto taken = std::async(std::launch::async, [this] { return client.next(); });
    ASSERT_TRUE(api.wait_until_ready(soon()));
    api.gone();
    EXPECT_THROW((void)taken.get(), std::runtime_error);
    EXPECT_FALSE(api.wait_until_ready(soon()));
}

// A runtime that does not look at the size by itself.
TEST(RuntimeState, RefusesALargeResponse) {
    lambda_local::runtime_state state;
    auto taken = std::async(std::launch::async, [&] { return state.next(); });
    ASSERT_TRUE(state.wait_until_ready(std::chrono::steady_clock::now() + a_minute));
    state.deliver({"id-1", "{}", {}, {}, {}});
    EXPECT_EQ(taken.get().status, 200U);
    EXPECT_EQ(state.take_answer("id-1", {false, std::string((6U << 20U) + 1, ' '), {}}).status, 413U);
    const auto said = state.wait_for_answer(std::chrono::steady_clock::now());
    ASSERT_TRUE(said.has_value());
    EXPECT_EQ(said->error_type, "Function.ResponseSizeTooLarge");
}

}  // namespace

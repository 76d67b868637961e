// SPDX-License-Identifier: MIT
#include "client/queues.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace s3 {
namespace {

using nlohmann::json;

operation call_of(const std::string& action, std::string body) {
    operation what;
    what.label = "SQS " + action;
    what.method = "POST";
    what.service = "sqs";
    what.headers.emplace_back("content-type", "application/x-amz-json-1.0");
    what.headers.emplace_back("x-amz-target", "AmazonSQS." + action);
    what.body = byte_source::of(std::move(body));
    return what;
}

}  // namespace

queues::queues(client_settings settings, credentials keys, transport& way)
    : sender_(std::move(settings), std::move(keys), way) {}

task<std::string> queues::call(std::string action, std::string body, std::string pointer) {
    const operation what = call_of(action, std::move(body));
    const http_response answer = co_await sender_.send(what);
    if (pointer.empty()) co_return std::string();
    try {
        co_return json::parse(answer.body).at(json::json_pointer(pointer)).get<std::string>();
    } catch (const json::exception& problem) {
        throw sender_.error_for(what, answer,
                                std::string("an answer without ") + pointer + ": " + problem.what());
    }
}

task<std::string> queues::create(std::string name, std::chrono::seconds hidden) {
    const json body{{"QueueName", name},
                    {"Attributes", {{"VisibilityTimeout", std::to_string(hidden.count())}}}};
    return call("CreateQueue", body.dump(), "/QueueUrl");
}

task<void> queues::remove_queue(std::string url) {
    const json body{{"QueueUrl", url}};
    (void)co_await call("DeleteQueue", body.dump(), "");
}

task<std::string> queues::arn_of(std::string url) {
    const json body{{"QueueUrl", url}, {"AttributeNames", {"QueueArn"}}};
    return call("GetQueueAttributes", body.dump(), "/Attributes/QueueArn");
}

task<std::optional<queue_message>> queues::receive(std::string url, std::chrono::seconds wait) {
    const json body{{"QueueUrl", url}, {"MaxNumberOfMessages", 1}, {"WaitTimeSeconds", wait.count()}};
    const operation what = call_of("ReceiveMessage", body.dump());
    const http_response answer = co_await sender_.send(what);
    try {
        const json said = json::parse(answer.body);
        if (!said.contains("Messages") || said.at("Messages").empty()) co_return std::nullopt;
        const json& first = said.at("Messages").at(0);
        co_return queue_message{first.at("Body").get<std::string>(),
                                first.at("ReceiptHandle").get<std::string>()};
    } catch (const json::exception& problem) {
        throw sender_.error_for(what, answer,
                                std::string("an answer that cannot be read: ") + problem.what());
    }
}

task<void> queues::remove(std::string url, std::string receipt) {
    const json body{{"QueueUrl", url}, {"ReceiptHandle", receipt}};
    (void)co_await call("DeleteMessage", body.dump(), "");
}

}  // namespace s3

// SPDX-License-Identifier: MIT
#include "client/topics.hpp"

#include <utility>

namespace s3 {

topics::topics(client_settings settings, credentials keys, transport& way)
    : sender_(std::move(settings), std::move(keys), way) {}

// `wanted`: the member of the answer's result that is given back, if any.
task<std::string> topics::call(std::string action, query_list form, std::string wanted) {
    operation what;
    what.label = "SNS " + action;
    what.method = "POST";
    what.service = "sns";
    what.headers.emplace_back("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    form.emplace_back("Action", action);
    form.emplace_back("Version", "2010-03-31");
    what.body = byte_source::of(query_text(form));
    what.answers_xml = true;
    const http_response answer = co_await sender_.send(what);
    if (wanted.empty()) co_return std::string();
    try {
        co_return text_in(answer.body, {action + "Response", action + "Result", wanted});
    } catch (const unexpected_answer& problem) {
        throw sender_.error_for(what, answer, problem.what());
    }
}

task<std::string> topics::create(std::string name) {
    query_list form;
    form.emplace_back("Name", std::move(name));
    return call("CreateTopic", std::move(form), "TopicArn");
}

task<void> topics::remove(std::string topic) {
    query_list form;
    form.emplace_back("TopicArn", std::move(topic));
    (void)co_await call("DeleteTopic", std::move(form), "");
}

task<void> topics::subscribe_queue(std::string topic, std::string queue) {
    query_list form;
    form.emplace_back("TopicArn", std::move(topic));
    form.emplace_back("Protocol", "sqs");
    form.emplace_back("Endpoint", std::move(queue));
    (void)co_await call("Subscribe", std::move(form), "");
}

task<std::string> topics::publish(std::string topic, std::string message) {
    query_list form;
    form.emplace_back("TopicArn", std::move(topic));
    form.emplace_back("Message", std::move(message));
    return call("Publish", std::move(form), "MessageId");
}

}  // namespace s3

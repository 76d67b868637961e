// SPDX-License-Identifier: MIT
#include "client/sts.hpp"

#include "client/answers.hpp"
#include "client/sender.hpp"

#include <utility>

namespace s3 {
namespace {

operation assume_role_call(const std::string& role_arn, const std::string& session_name,
                           std::chrono::seconds duration) {
    operation what;
    what.label = "assume role " + role_arn;
    what.method = "POST";
    what.service = "sts";
    what.headers.emplace_back("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    const query_list form{{"Action", "AssumeRole"},
                          {"Version", "2011-06-15"},
                          {"RoleArn", role_arn},
                          {"RoleSessionName", session_name},
                          {"DurationSeconds", std::to_string(duration.count())}};
    what.body = byte_source::of(query_text(form));
    what.answers_xml = true;
    return what;
}

}  // namespace

task<assumed_role> assume_role(client_settings settings, credentials keys, std::string role_arn,
                               std::string session_name, std::chrono::seconds duration, transport& way) {
    sender from(std::move(settings), std::move(keys), way);
    const operation what = assume_role_call(role_arn, session_name, duration);
    const http_response answer = co_await from.send(what);
    try {
        co_return assumed_role_in(answer.body);
    } catch (const unexpected_answer& problem) {
        throw from.error_for(what, answer, problem.what());
    }
}

}  // namespace s3

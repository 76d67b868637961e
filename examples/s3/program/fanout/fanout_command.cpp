// SPDX-License-Identifier: MIT
// An object each a message, a message each an invocation, an invocation each a copy:
//
//     listing --> publishers (processes) --> SNS --> SQS --> delivery (threads) --> local Lambda --> s3copy
#include "client/blocking_transport.hpp"
#include "client/queues.hpp"
#include "client/topics.hpp"
#include "interrupt.hpp"
#include "local/function.hpp"
#include "local/sandbox.hpp"
#include "program/bucket_listing.hpp"
#include "program/commands.hpp"
#include "program/credentials_of.hpp"
#include "program/etag.hpp"
#include "program/fanout/delivery.hpp"
#include "program/fanout/fanout_report.hpp"
#include "program/fanout/publisher.hpp"
#include "program/orderly_end.hpp"
#include "program/timestamp.hpp"
#include "stopwatch.hpp"
#include "text.hpp"
#include "usage_error.hpp"

#include <unistd.h>
#include <penstock/penstock.hpp>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

namespace s3_program {
namespace {

using object_list = std::vector<s3::listed_object>;

// A topic and a queue behind it, for one run.
class channel {
public:
    channel(const s3::client_settings& settings, const s3::credentials& keys)
        : settings_(settings), keys_(keys) {
        const std::string name = "penstock-fanout-" + std::to_string(::getpid());
        topic = s3::run_here(s3::topics(settings, keys, way_).create(name));
        s3::queues queues(settings, keys, way_);
        queue = s3::run_here(queues.create(name, std::chrono::seconds(900)));
        const std::string arn = s3::run_here(queues.arn_of(queue));
        s3::run_here(s3::topics(settings, keys, way_).subscribe_queue(topic, arn));
    }
    // What cannot be removed stays behind; the run's result does not depend on it.
    ~channel() {
        try {
            s3::run_here(s3::topics(settings_, keys_, way_).remove(topic));
            s3::run_here(s3::queues(settings_, keys_, way_).remove_queue(queue));
        } catch (const std::exception&) {
        }
    }
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;

    std::string topic;
    std::string queue;

private:
    s3::client_settings settings_;
    s3::credentials keys_;
    s3::blocking_transport way_;
};

object_list everything(const options& wanted, s3::credential_source& keys, const s3_url& where) {
    bucket_listing listing(wanted.run.client, keys, where);
    object_list found;
    while (auto one = listing.next()) found.push_back(std::move(*one));
    return found;
}

std::string target_of(const options& wanted, const std::string& key) {
    return wanted.to.key + key.substr(wanted.from.key.size());
}

std::vector<std::string> messages_for(const options& wanted, const object_list& objects) {
    std::vector<std::string> messages;
    for (const s3::listed_object& one : objects) {
        messages.push_back(
            nlohmann::json{{"from", text_of(s3_url{wanted.from.bucket, one.key})},
                           {"to", text_of(s3_url{wanted.to.bucket, target_of(wanted, one.key)})},
                           {"size", one.size},
                           {"etag", one.etag},
                           {"modified", one.last_modified}}
                .dump());
    }
    for (unsigned i = 0; i != wanted.fanout.poison; ++i) messages.push_back("poison " + std::to_string(i));
    return messages;
}

lambda_local::function_settings function_settings_for(const options& wanted, const s3::credentials& keys) {
    lambda_local::function_settings settings;
    settings.directory = wanted.fanout.function;
    settings.handler = "s3copy";
    settings.concurrency = wanted.fanout.concurrency;
    settings.timeout = std::chrono::milliseconds(wanted.fanout.timeout_ms);
    settings.variables = {{"AWS_ENDPOINT_URL", wanted.run.client.endpoint},
                          {"AWS_REGION", wanted.run.client.region},
                          {"AWS_ACCESS_KEY_ID", keys.access_key_id},
                          {"AWS_SECRET_ACCESS_KEY", keys.secret_access_key},
                          {"PENSTOCK_LAMBDA_WORKERS", "1"}};  // an invocation is one object
    if (!keys.session_token.empty()) settings.variables["AWS_SESSION_TOKEN"] = keys.session_token;
    if (!wanted.fanout.sandbox.empty())
        lambda_local::put_into_sandbox(settings, wanted.fanout.sandbox, false);
    return settings;
}

double seconds_between(const std::vector<std::int64_t>& times) {
    if (times.empty()) return 0;
    const auto [first, last] = std::minmax_element(times.begin(), times.end());
    return static_cast<double>(*last - *first);
}

void verify(const options& wanted, s3::credential_source& keys, const object_list& objects,
            fanout_result& result) {
    std::map<std::string, s3::listed_object> copies;
    for (s3::listed_object& one : everything(wanted, keys, wanted.to)) {
        std::string key = one.key;
        copies.emplace(std::move(key), std::move(one));
    }
    std::vector<std::int64_t> times;
    for (const s3::listed_object& one : objects) {
        const auto copy = copies.find(target_of(wanted, one.key));
        if (copy == copies.end()) {
            result.problems.push_back("there is no copy of " + example_common::printable(one.key));
        } else if (copy->second.size != one.size || !same_bytes(copy->second.etag, one.etag).value_or(true)) {
            result.problems.push_back("the copy of " + example_common::printable(one.key) +
                                      " differs from it");
        } else {
            ++result.verified;
            result.bytes += one.size;
            if (const auto time = seconds_of(copy->second.last_modified)) times.push_back(*time);
        }
    }
    result.modified_spread = seconds_between(times);
}

// Whoever delivers would wait in vain for what was not published, or for what another one can no longer take.
template <class Work>
void do_or_stop(delivery& out, Work work) {
    try {
        work();
    } catch (...) {
        out.stop();
        throw;
    }
}

// Publishes while the messages are delivered already. Everybody has ended when this returns or throws.
void fan_out(const options& wanted, const s3::credentials& keys, const std::vector<std::string>& messages,
             fanout_result& result) {
    const channel between(wanted.run.client, keys);
    lambda_local::function function(function_settings_for(wanted, keys));
    delivery out({wanted.run.client, keys, between.queue}, function);
    const unsigned at_once =
        wanted.fanout.at_once != 0 ? wanted.fanout.at_once : 2 * wanted.fanout.concurrency;
    penstock::thread_pool threads{{.workers = at_once}};
    std::vector<penstock::future<void>> running;
    for (unsigned i = 0; i != at_once; ++i)
        running.push_back(threads.submit([&] {
            do_or_stop(out, [&] { out.run(messages.size(), std::chrono::seconds(wanted.fanout.patience)); });
        }));
    const example_common::stopwatch clock;
    do_or_stop(out, [&] {
        publish({wanted.run.client, keys, between.topic}, messages, wanted.fanout.publishers);
    });
    result.publish_seconds = clock.seconds();
    result.published = messages.size();
    for (auto& one : running) one.get();
    result.messages = out.result();
    result.function = function.counters();
    if (result.messages.arrived < result.published)
        result.problems.push_back("only " + std::to_string(result.messages.arrived) + " of " +
                                  std::to_string(result.published) + " messages have come, and none for " +
                                  std::to_string(wanted.fanout.patience) + " s");
}

void refuse_without_server(const options& wanted) {
    if (wanted.run.client.endpoint.empty())
        throw example_common::usage_error(
            "fanout plays Lambda on this machine and makes a topic and a queue: it needs --endpoint or "
            "AWS_ENDPOINT_URL, a server that has S3, SNS and SQS");
}

int tell(const options& wanted, const fanout_result& result) {
    std::cout << text_of(result);
    for (const std::string& one : result.messages.failures) std::cerr << "failed: " << one << '\n';
    for (const std::string& one : result.problems) std::cerr << "failed: " << one << '\n';
    if (!wanted.json.empty()) std::ofstream(wanted.json) << json_of(result);
    return result.messages.failures.empty() && result.problems.empty() ? 0 : status_failed;
}

int fanout_here(const options& wanted) {
    refuse_without_server(wanted);
    const auto keys = keys_for(wanted);
    if (wanted.make_bucket) {
        s3::blocking_transport way(example_common::interrupt_requested);
        s3::client server(wanted.run.client, keys->current(), way);
        s3::run_here(server.create_bucket(wanted.to.bucket));
    }
    const object_list objects = everything(wanted, *keys, wanted.from);
    fanout_result result;
    result.objects = objects.size();
    result.poison = wanted.fanout.poison;
    result.concurrency = wanted.fanout.concurrency;
    fan_out(wanted, keys->current(), messages_for(wanted, objects), result);
    example_common::throw_if_interrupted();
    verify(wanted, *keys, objects, result);
    return tell(wanted, result);
}

}  // namespace

int fanout(const options& wanted) {
    return in_order([&] { return fanout_here(wanted); });
}

}  // namespace s3_program

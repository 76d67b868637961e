// SPDX-License-Identifier: MIT
#include "program/fanout/publisher.hpp"

#include "client/blocking_transport.hpp"
#include "client/topics.hpp"
#include "interrupt.hpp"

#include <penstock/penstock.hpp>

namespace s3_program {
namespace {

// A worker keeps its connection. What it cannot do becomes an exception that says what s3_error would have said.
std::string publish_one(const topic_access& to, const std::string& message) {
    thread_local s3::blocking_transport way;
    s3::topics topics(to.settings, to.keys, way);
    return s3::run_here(topics.publish(to.topic, message));
}

}  // namespace

void publish(const topic_access& to, const std::vector<std::string>& messages, unsigned publishers) {
    penstock::process_pool pool{{.workers = publishers, .max_pending = 64U * publishers}};
    std::vector<penstock::future<std::string>> ids;
    ids.reserve(messages.size());
    for (const std::string& message : messages) {
        example_common::throw_if_interrupted();
        ids.push_back(pool.submit({.label = "publish"}, publish_one, to, message));
    }
    for (auto& id : ids) {
        while (!id.wait_for(std::chrono::milliseconds(100))) example_common::throw_if_interrupted();
        (void)id.get();
    }
}

}  // namespace s3_program

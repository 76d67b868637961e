// SPDX-License-Identifier: MIT
#include "handlers/fields.hpp"
#include "handlers/handler.hpp"
#include "handlers/in_time.hpp"
#include "handlers/s3_tasks.hpp"
#include "program/s3_url.hpp"
#include "usage_error.hpp"

namespace lambda {
namespace {

// What a command line got wrong is what an event has wrong here.
s3_program::s3_url url_in(const nlohmann::json& order, const char* name) try {
    return s3_program::parse_s3_url(field<std::string>(order, name));
} catch (const example_common::usage_error& problem) {
    throw std::invalid_argument(std::string("an SNS message's \"") + name + "\": " + problem.what());
}

s3_program::job job_in(const std::string& message) {
    const nlohmann::json order = nlohmann::json::parse(message, nullptr, false);
    if (order.is_discarded())
        throw std::invalid_argument("an SNS message is no JSON: " + message.substr(0, 80));
    const s3_program::s3_url from = url_in(order, "from");
    const s3_program::s3_url to = url_in(order, "to");
    s3_program::job what;
    what.what = s3_program::verb::copy;
    what.bucket = from.bucket;
    what.key = from.key;
    what.to_bucket = to.bucket;
    what.to_key = to.key;
    what.size = field_or<std::uint64_t>(order, "size", 0);
    what.etag = field_or<std::string>(order, "etag", "");
    what.modified = field_or<std::string>(order, "modified", "");
    return what;
}

std::vector<s3_program::job> jobs_in(const nlohmann::json& event) {
    std::vector<s3_program::job> jobs;
    for (const nlohmann::json& record : field<std::vector<nlohmann::json>>(event, "Records"))
        jobs.push_back(job_in(field<std::string>(field<nlohmann::json>(record, "Sns"), "Message")));
    return jobs;
}

}  // namespace

nlohmann::json s3copy(const nlohmann::json& event, const surroundings& around) {
    const s3_access access = access_from_environment();
    std::vector<penstock::future<s3_program::report>> tasks;
    for (const s3_program::job& what : jobs_in(event)) {
        const std::string label = "copy s3://" + what.bucket + "/" + what.key;
        tasks.push_back(around.pool.submit(until(around.stop_at, label), do_object, access, what));
    }
    std::uint64_t bytes = 0;
    std::uint64_t passed_over = 0;
    const auto reports = in_time(tasks, around.stop_at);
    for (const s3_program::report& one : reports) {
        const bool skipped = one.how == s3_program::outcome::skipped;
        if (!skipped && one.how != s3_program::outcome::done) throw std::runtime_error(one.error);
        bytes += one.calc_size;
        if (skipped) ++passed_over;
    }
    return {{"objects", reports.size()}, {"bytes", bytes}, {"skipped", passed_over}};
}

}  // namespace lambda

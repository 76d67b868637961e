// SPDX-License-Identifier: MIT
#include "program/fanout/fanout_report.hpp"

#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace s3_program {
namespace {

using example_common::count_text;
using example_common::duration_text;
using example_common::fixed;

struct figures {
    double x = 0;
    double r = 0;
    double p50 = 0;
    double p99 = 0;
};

// The smallest value that so many of them do not exceed.
double percentile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
}

figures figures_of(const delivered& from) {
    std::vector<double> sorted = from.seconds;
    std::sort(sorted.begin(), sorted.end());
    figures result;
    const auto count = static_cast<double>(sorted.size());
    if (from.elapsed > 0) result.x = count / from.elapsed;
    if (count > 0) result.r = std::accumulate(sorted.begin(), sorted.end(), 0.0) / count;
    result.p50 = percentile(sorted, 0.5);
    result.p99 = percentile(sorted, 0.99);
    return result;
}

}  // namespace

std::string text_of(const fanout_result& all) {
    const delivered& got = all.messages;
    const figures f = figures_of(got);
    const double publish_rate =
        all.publish_seconds > 0 ? static_cast<double>(all.published) / all.publish_seconds : 0;
    if (all.published == 0) return "published    nothing: there are no objects\n";
    std::string text;
    text += "published    " + count_text(all.published) + " messages for " + count_text(all.objects) +
            " objects in " + duration_text(all.publish_seconds) + " (" + fixed(publish_rate, 1) +
            " a second)\n";
    text += "arrived      " + count_text(got.arrived) + ", and " + count_text(got.duplicates) + " again\n";
    text += "invocations  " + count_text(got.seconds.size()) + ": " + count_text(got.done) +
            " messages done, " + count_text(got.failures.size()) + " failed, " + count_text(got.retries) +
            " retries, " + count_text(got.throttles) + " throttles, " + count_text(all.function.cold_starts) +
            " cold starts\n";
    text += "duration     p50 " + duration_text(f.p50) + ", p99 " + duration_text(f.p99) + "\n";
    text += "Little       X = " + fixed(f.x, 1) + " a second, R = " + duration_text(f.r) +
            ", X * R = " + fixed(f.x * f.r, 2) + " of N = " + std::to_string(all.concurrency) + "\n";
    text += "copies       " + count_text(all.verified) + " verified, " +
            example_common::bytes_text(all.bytes) + ", max - min LastModified " +
            fixed(all.modified_spread, 0) + " s\n";
    return text;
}

std::string json_of(const fanout_result& all) {
    const delivered& got = all.messages;
    const figures f = figures_of(got);
    const nlohmann::ordered_json body{{"objects", all.objects},
                                      {"bytes", all.bytes},
                                      {"published", all.published},
                                      {"publish_seconds", all.publish_seconds},
                                      {"arrived", got.arrived},
                                      {"duplicates", got.duplicates},
                                      {"invocations", got.seconds.size()},
                                      {"done", got.done},
                                      {"failed", got.failures.size()},
                                      {"retries", got.retries},
                                      {"throttles", got.throttles},
                                      {"cold_starts", all.function.cold_starts},
                                      {"most_at_once", all.function.most_at_once},
                                      {"n", all.concurrency},
                                      {"seconds", got.elapsed},
                                      {"x", f.x},
                                      {"r", f.r},
                                      {"x_times_r", f.x * f.r},
                                      {"p50", f.p50},
                                      {"p99", f.p99},
                                      {"verified", all.verified},
                                      {"last_modified_spread", all.modified_spread},
                                      {"failures", got.failures}};
    return body.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "server/statistics.hpp"

#include "server/text.hpp"

#include <numeric>

namespace s3_server {
namespace {

using counts = std::map<std::string, std::uint64_t>;

std::uint64_t sum_of(const counts& all) {
    return std::accumulate(all.begin(), all.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& one) { return sum + one.second; });
}

std::string json_of(const counts& all) {
    std::string json;
    for (const auto& [name, count] : all) {
        json += (json.empty() ? "" : ",") + json_quoted(name) + ":" + std::to_string(count);
    }
    return "{" + json + "}";
}

}  // namespace

std::uint64_t statistics::all_requests() const { return sum_of(requests); }
std::uint64_t statistics::all_faults() const { return sum_of(faults); }

std::string to_json(const statistics& seen) {
    const counts numbers{{"connections_accepted", seen.connections_accepted},
                         {"connections_open", seen.connections_open},
                         {"connections_peak", seen.connections_peak},
                         {"bytes_sent", seen.bytes_sent}};
    std::string json = json_of(numbers);
    json.pop_back();
    return json + ",\"requests\":" + json_of(seen.requests) + ",\"errors\":" + json_of(seen.errors) +
           ",\"faults\":" + json_of(seen.faults) + "}\n";
}

}  // namespace s3_server

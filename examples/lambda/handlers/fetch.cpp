// SPDX-License-Identifier: MIT
#include "handlers/fields.hpp"
#include "handlers/handler.hpp"
#include "handlers/in_time.hpp"
#include "handlers/s3_tasks.hpp"
#include "stopwatch.hpp"

namespace lambda {

nlohmann::json fetch(const nlohmann::json& event, const surroundings& around) {
    const s3_access access = access_from_environment();
    s3_program::job what;
    what.what = s3_program::verb::fetch;
    what.bucket = field<std::string>(event, "bucket");
    const example_common::stopwatch clock;
    std::vector<penstock::future<s3_program::report>> tasks;
    for (const std::string& key : field<std::vector<std::string>>(event, "keys")) {
        what.key = key;
        tasks.push_back(around.pool.submit(until(around.stop_at, "fetch " + key), do_object, access, what));
    }
    std::uint64_t bytes = 0;
    std::uint64_t missing = 0;
    std::vector<std::string> errors;
    const auto reports = in_time(tasks, around.stop_at);
    for (const s3_program::report& one : reports) {
        bytes += one.calc_size;
        if (one.how == s3_program::outcome::missing) ++missing;
        if (one.how == s3_program::outcome::failed) errors.push_back(one.error);
    }
    return {{"objects", reports.size() - missing - errors.size()},
            {"bytes", bytes},
            {"missing", missing},
            {"errors", errors},
            {"seconds", clock.seconds()}};
}

}  // namespace lambda

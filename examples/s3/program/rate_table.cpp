// SPDX-License-Identifier: MIT
#include "program/rate_table.hpp"

#include "program/job_sources.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>

namespace s3_program {
namespace {

using cells = std::array<std::string, 6>;

std::string line_of(const cells& one) {
    constexpr std::array<std::size_t, 6> widths{14, 12, 12, 12, 12, 14};
    std::string line;
    for (std::size_t i = 0; i != one.size(); ++i) {
        line += std::string(widths[i] - std::min(widths[i], one[i].size()), ' ') + one[i];
    }
    return line + '\n';
}

double rate_of(const run_result& result) {
    return result.seconds > 0 ? static_cast<double>(result.objects) / result.seconds : 0;
}

cells cells_of(const rate_row& row) {
    return {std::string(name_of(row.settings.how)),
            parallelism_text(row.settings),
            example_common::duration_text(row.result.seconds),
            example_common::count_text(static_cast<std::uint64_t>(rate_of(row.result))),
            example_common::duration_text(row.result.cpu_seconds),
            example_common::duration_text(row.result.mean_seconds)};
}

}  // namespace

run_result measure_reading(const run_settings& wanted, s3::credential_source& keys, const s3_url& where) {
    bucket_listing listing(wanted.client, keys, where);
    run_settings settings = wanted;
    settings.expected = listing.survey().objects();
    read_jobs jobs(listing, where.bucket);
    return run_jobs(settings, keys, jobs, [](const finished_job&, const run_result&) {});
}

std::string rate_table(const std::vector<rate_row>& rows) {
    std::string lines = line_of({"mode", "at a time", "time", "objects/s", "CPU", "an object"});
    for (const rate_row& row : rows) lines += line_of(cells_of(row));
    return lines;
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "program/result_file.hpp"

#include "program/csv_text.hpp"
#include "program/job_text.hpp"
#include "text.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace s3_program {
namespace {

// A terminal, a FIFO, /dev/null: nothing to be replaced by a finished file.
bool is_device(const std::string& name) {
    std::error_code unknown;
    const auto status = std::filesystem::status(name, unknown);
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

}  // namespace

result_file::result_file(std::string name)
    : name_(std::move(name)), part_name_(is_device(name_) ? name_ : name_ + ".part"), part_(part_name_) {
    if (part_name_ == name_) part_.stream() << "Key,Size,CalcSize,Status\n";
}

void result_file::add(const finished_job& row) {
    part_.stream() << csv_cell(row_name_of(row.what)) << ',' << row.how.size << ',' << row.how.calc_size
                   << ',' << csv_cell(status_text(row.how)) << '\n';
    constexpr unsigned most_unchecked = 100;
    if (++unchecked_ < most_unchecked && since_check_.seconds() < 1) return;
    unchecked_ = 0;
    since_check_ = {};
    part_.flush();
}

void result_file::finish(double seconds) {
    part_.close();
    if (part_name_ == name_) return;
    example_common::output_file whole(name_);
    whole.stream() << "Key time = " << example_common::fixed(seconds, 3) << ",Size,CalcSize,Status\n";
    std::ifstream rows(part_name_, std::ios::binary);
    if (rows.peek() != std::ifstream::traits_type::eof()) whole.stream() << rows.rdbuf();
    whole.close();
    std::filesystem::remove(part_name_);
}

std::string status_text(const report& how) {
    switch (how.how) {
        case outcome::skipped:
            return "skipped" + (how.error.empty() ? "" : ": " + how.error) + (how.size_only ? " (size only)" : "");
        case outcome::done:
        case outcome::missing:
            return std::to_string(how.status) + (how.size_only ? " (size only)" : "");
        case outcome::interrupted:
            return "interrupted";
        case outcome::failed:
        case outcome::expired:
            break;
    }
    return how.error;
}

std::string default_result_name(std::string tag, std::string_view mode, std::string_view parallelism) {
    std::replace(tag.begin(), tag.end(), '/', '_');
    std::string name = "result_" + tag + "_";
    name += mode;
    name += "_";
    name += parallelism;
    return name + ".csv";
}

}  // namespace s3_program

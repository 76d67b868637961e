// SPDX-License-Identifier: MIT
#include "program/output_names.hpp"

#include "text.hpp"
#include "usage_error.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace s3_program {
namespace {

using example_common::printable;
using example_common::usage_error;

std::string directory_of(const std::string& name) {
    const std::filesystem::path parent = std::filesystem::path(name).parent_path();
    return parent.empty() ? "." : parent.native();
}

// 0, or why the file cannot be written.
int problem_of(const std::string& name) {
    std::error_code unknown;
    const auto status = std::filesystem::status(name, unknown);
    if (std::filesystem::is_directory(status)) return EISDIR;
    const bool there = std::filesystem::exists(status);
    const std::string where = there ? name : directory_of(name);
    if (::access(where.c_str(), there ? W_OK : W_OK | X_OK) != 0) return errno;
    return there || std::filesystem::is_directory(where, unknown) ? 0 : ENOTDIR;
}

void check(const std::string& option, const std::string& name) {
    if (name == "-") throw usage_error(option + ": \"-\" is no file; the summary alone goes to the standard output");
    const int problem = problem_of(name);
    if (problem == 0) return;
    throw usage_error(option + ": cannot write " + printable(name) + ": " +
                      std::generic_category().message(problem));
}

std::filesystem::path place_of(const std::string& name) {
    std::error_code unknown;
    const auto place = std::filesystem::weakly_canonical(name, unknown);
    const auto whole = std::filesystem::absolute(unknown ? std::filesystem::path(name) : place, unknown);
    return whole.lexically_normal();
}

bool is_regular_or_new(const std::string& name) {
    std::error_code unknown;
    const auto status = std::filesystem::status(name, unknown);
    return !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
}

}  // namespace

void check_output_names(const std::string& csv, const std::string& json, const std::string& plot) {
    check("--csv", csv);
    if (is_regular_or_new(csv)) check("--csv", csv + ".part");
    if (!plot.empty()) check("--plot", plot);
    if (json.empty()) return;
    check("--json", json);
    const bool same = place_of(json) == place_of(csv) || place_of(json) == place_of(csv + ".part");
    if (same && is_regular_or_new(json)) throw usage_error("--csv and --json name the same file: " + printable(json));
}

}  // namespace s3_program

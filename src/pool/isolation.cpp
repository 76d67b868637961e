// SPDX-License-Identifier: MIT
#include "pool/isolation.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string_view>

namespace penstock::pool {

namespace {

[[noreturn]] void refuse(const std::string& what) { throw std::invalid_argument("penstock: pool_options." + what); }

void check_name(const char* field, const std::string& name) {
    if (name.empty()) refuse(std::string("environment.") + field + " has a variable without a name");
    if (name.find('=') != std::string::npos || name.find('\0') != std::string::npos)
        refuse(std::string("environment.") + field + " has the name '" + name + "'; a name holds neither '=' nor a NUL byte");
}

void check_environment(const worker_environment& wanted) {
    if (wanted.mode != environment_mode::allow_list && !wanted.allow.empty())
        refuse("environment.allow is only for environment_mode::allow_list");
    for (const std::string& name : wanted.allow) check_name("allow", name);
    for (const auto& [name, value] : wanted.set) {
        check_name("set", name);
        if (value.find('\0') != std::string::npos) refuse("environment.set has a NUL byte in the value of '" + name + "'");
    }
}

bool allowed(const worker_environment& wanted, const std::set<std::string_view>& listed, std::string_view name) {
    switch (wanted.mode) {
    case environment_mode::inherit: return true;
    case environment_mode::clean: return false;
    case environment_mode::allow_list: return listed.contains(name);
    }
    return false;
}

} // namespace

void check_isolation(const pool_options& options) {
    check_environment(options.environment);
    if (options.limits.cpu_time && options.limits.cpu_time->count() < 0) refuse("limits.cpu_time is negative");
    if (captures(options) && !options.output.on_line)
        refuse("output.on_line is empty; output_mode::capture needs somebody to give the lines to (output_mode::discard "
               "throws them away)");
    if (!captures(options) && options.output.on_line) refuse("output.on_line is only for output_mode::capture");
}

std::vector<std::string> make_environment(const worker_environment& wanted) {
    const std::set<std::string_view> listed(wanted.allow.begin(), wanted.allow.end());
    std::vector<std::string> result;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        const std::string_view name = text.substr(0, text.find('='));
        if (allowed(wanted, listed, name) && !wanted.set.contains(std::string(name))) result.emplace_back(text);
    }
    for (const auto& [name, value] : wanted.set) result.push_back(name + '=' + value);
    return result;
}

void put_isolation(const pool_options& options, wire::boot_message& boot) {
    const auto add = [&boot](auto resource, std::uint64_t value) {
        boot.limits.push_back({static_cast<std::int32_t>(resource), value});
    };
    const worker_limits& limits = options.limits;
    if (limits.cpu_time) add(RLIMIT_CPU, static_cast<std::uint64_t>(limits.cpu_time->count()));
    if (limits.open_files) add(RLIMIT_NOFILE, *limits.open_files);
    if (limits.core_size) add(RLIMIT_CORE, *limits.core_size);
    if (limits.address_space) add(RLIMIT_AS, *limits.address_space);
    boot.nice = limits.nice.value_or(0);
    boot.flushes_output = captures(options);
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
#include "program/sweep/command_line.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace s3_program {
namespace {

constexpr std::array<std::string_view, 5> ours{
    "MODE=", "CONCURRENCY=", "TAG=", "BUCKET_NAME=", "RESULT_BUCKET_NAME="};
constexpr std::array<std::string_view, 4> keys{
    "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_SESSION_TOKEN=", "AWS_PROFILE="};

template <std::size_t Size>
bool begins_with_one_of(const std::string& variable, const std::array<std::string_view, Size>& names) {
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return variable.starts_with(name); });
}

class words {
public:
    void add(std::string word) { all_.push_back(std::move(word)); }
    // Nothing when the value is empty.
    void add(const char* option, const std::string& value) {
        if (value.empty()) return;
        add(std::string(option));
        add(value);
    }
    void add_if(bool wanted, const char* flag) {
        if (wanted) add(std::string(flag));
    }
    [[nodiscard]] std::vector<std::string> take() { return std::move(all_); }

private:
    std::vector<std::string> all_;
};

void add_what(words& line, const options& wanted, const run_files& files, const std::string& number) {
    line.add(std::string(name_of(wanted.sweep.what)));
    line.add(text_of(wanted.from));
    if (wanted.sweep.what == sweep_verb::fetch) {
        line.add("--keys", files.keys);
    } else {
        line.add("--prefix", wanted.prefix);
    }
    if (wanted.sweep.what != sweep_verb::copy) return;
    line.add(text_of({wanted.to.bucket, wanted.to.key + number + "/"}));
    line.add("--make-bucket");
}

void add_how(words& line, const sweep_cell& where, unsigned concurrency) {
    line.add("--mode", std::string(name_of(where.how)));
    const std::string workers = std::to_string(where.workers);
    if (uses_workers(where.how)) line.add("--workers", workers);
    if (where.how == mode::async) line.add("--concurrency", workers);
    if (where.how == mode::process_async) line.add("--concurrency", std::to_string(concurrency));
}

std::string seconds_text(std::chrono::milliseconds time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count());
}

// A token service of its own comes from the environment, which the child has as well; --endpoint would hide it.
void add_server(words& line, const options& wanted) {
    const s3::client_settings& server = wanted.run.client;
    if (server.sts_endpoint.empty()) line.add("--endpoint", server.endpoint);
    line.add("--region", server.region);
    line.add_if(server.style == s3::addressing::path, "--path-style");
    line.add_if(server.style == s3::addressing::virtual_host, "--virtual-host");
    line.add("--max-attempts", std::to_string(server.max_attempts));
    line.add("--backoff-ms", std::to_string(server.first_backoff.count()));
    line.add("--connect-timeout", seconds_text(server.connect_timeout));
    line.add("--stall-timeout", seconds_text(server.stall_timeout));
    line.add("--profile", wanted.profile);
    line.add("--role", wanted.run.worker_role.empty() ? wanted.role : wanted.run.worker_role);
    line.add_if(!wanted.run.worker_role.empty(), "--role-per-worker");
}

}  // namespace

std::vector<std::string> arguments_for(const options& wanted, const sweep_cell& where, const run_files& files,
                                       const std::string& number) {
    words line;
    add_what(line, wanted, files, number);
    add_how(line, where, wanted.sweep.grid.concurrency);
    add_server(line, wanted);
    line.add("--csv", files.table);
    line.add("--json", files.summary);
    line.add("--quiet");
    return line.take();
}

std::vector<std::string> variables_for(const options& wanted, const std::vector<std::string>& own) {
    std::vector<std::string> variables;
    for (const std::string& one : own) {
        if (begins_with_one_of(one, ours)) continue;
        if (wanted.fixed_keys && begins_with_one_of(one, keys)) continue;
        variables.push_back(one);
    }
    if (wanted.fixed_keys) {
        variables.push_back("AWS_ACCESS_KEY_ID=" + wanted.fixed_keys->access_key_id);
        variables.push_back("AWS_SECRET_ACCESS_KEY=" + wanted.fixed_keys->secret_access_key);
        if (!wanted.fixed_keys->session_token.empty())
            variables.push_back("AWS_SESSION_TOKEN=" + wanted.fixed_keys->session_token);
    }
    return variables;
}

}  // namespace s3_program

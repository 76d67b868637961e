// SPDX-License-Identifier: MIT
#include "local/environment.hpp"

#include <cstdlib>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>

namespace lambda_local {
namespace {

using clock = std::chrono::steady_clock;

constexpr const char* function_name = "local";
constexpr auto time_to_end = std::chrono::seconds(2);

std::string fresh_id() {
    thread_local std::mt19937_64 random{std::random_device{}()};
    std::ostringstream id;
    id << std::hex << std::setfill('0');
    const std::uint64_t high = random();
    const std::uint64_t low = random();
    id << std::setw(8) << (high >> 32U) << '-' << std::setw(4) << ((high >> 16U) & 0xffffU) << "-4"
       << std::setw(3) << (high & 0xfffU) << '-' << std::setw(4) << (0x8000U | ((low >> 48U) & 0x3fffU))
       << '-' << std::setw(12) << (low & 0xffff'ffff'ffffU);
    return id.str();
}

const std::string& task_root(const function_settings& settings) {
    return settings.seen_as.empty() ? settings.directory : settings.seen_as;
}

// What Lambda sets, and of our own what sanitizers and temporary files need.
std::vector<std::string> environment_of(const function_settings& settings, const std::string& address) {
    std::map<std::string, std::string> all{
        {"AWS_LAMBDA_RUNTIME_API", address},
        {"AWS_LAMBDA_FUNCTION_NAME", function_name},
        {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
        {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(settings.memory_mb)},
        {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
        {"AWS_REGION", "us-east-1"},
        {"AWS_DEFAULT_REGION", "us-east-1"},
        {"LAMBDA_TASK_ROOT", task_root(settings)},
        {"LANG", "en_US.UTF-8"},
        {"PATH", "/usr/local/bin:/usr/bin:/bin"},
        {"TZ", ":UTC"},
        {"_HANDLER", settings.handler},
    };
    for (const char* name : {"ASAN_OPTIONS", "TSAN_OPTIONS"}) {
        if (const char* const value = std::getenv(name)) all[name] = value;
    }
    for (const auto& [name, value] : settings.variables) all[name] = value;
    std::vector<std::string> result;
    for (const auto& [name, value] : all) result.push_back(name + "=" + value);
    return result;
}

program program_of(const function_settings& settings, const std::string& address) {
    program result{settings.wrapper, environment_of(settings, address), settings.directory};
    result.command.push_back(task_root(settings) + "/bootstrap");
    return result;
}

std::string error_json(const std::string& type, const std::string& message) {
    return nlohmann::json{{"errorType", type}, {"errorMessage", message}}.dump();
}

std::string seconds_text(std::chrono::milliseconds time) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(2) << std::chrono::duration<double>(time).count();
    return text.str();
}

}  // namespace

environment::environment(const function_settings& settings, std::size_t number)
    : settings_(settings), number_(number),
      processes_(program_of(settings, api_.address()), [this] { api_.gone(); }) {}

environment::~environment() {
    if (!usable()) return;
    processes_.ask_to_end();
    api_.wait_until_gone(clock::now() + time_to_end);
}

bool environment::usable() const { return !over_ && !api_.is_gone(); }

invocation_result environment::invoke(const std::string& payload) {
    const bool cold = std::exchange(fresh_, false);
    processes_.thaw();
    invocation_result result =
        api_.wait_until_ready(clock::now() + (cold ? settings_.init_timeout : settings_.timeout))
            ? run(payload)
            : failure_of_init();
    result.cold = cold;
    result.environment = number_;
    if (over_) processes_.kill();
    return result;
}

invocation_result environment::failure_of_init() const {
    invocation_result result;
    if (const auto told = api_.init_error()) {
        result.payload = told->body;
        result.error_type = told->error_type.empty() ? "Runtime.InitError" : told->error_type;
        return result;
    }
    result.error_type = api_.is_gone() ? "Runtime.ExitError" : "Sandbox.Timedout";
    result.payload = error_json(
        result.error_type, api_.is_gone() ? "the bootstrap ended before it asked for an event, with status " +
                                                std::to_string(processes_.exit_status())
                                          : "the bootstrap did not ask for an event within " +
                                                seconds_text(settings_.init_timeout) + " s");
    return result;
}

invocation_result environment::failure_of_run(const std::string& id) const {
    invocation_result result;
    result.error_type = api_.is_gone() ? "Runtime.ExitError" : "Sandbox.Timedout";
    result.payload = error_json(
        result.error_type,
        "RequestId: " + id +
            (api_.is_gone()
                 ? " Error: Runtime exited with status " + std::to_string(processes_.exit_status())
                 : " Error: Task timed out after " + seconds_text(settings_.timeout) + " seconds"));
    return result;
}

invocation_result environment::run(const std::string& payload) {
    const std::string id = fresh_id();
    const auto begin = clock::now();
    const auto limit = begin + settings_.timeout;
    api_.deliver({id, payload, std::chrono::system_clock::now() + settings_.timeout,
                  std::string("arn:aws:lambda:us-east-1:123456789012:function:") + function_name,
                  "Root=1-" + id});
    const auto said = api_.wait_for_answer(limit);
    invocation_result result;
    result.seconds = std::chrono::duration<double>(clock::now() - begin).count();
    if (said) {
        result.payload = said->body;
        if (said->failed) result.error_type = said->error_type.empty() ? "Unhandled" : said->error_type;
        settle(limit);
        return result;
    }
    over_ = true;
    const double seconds = result.seconds;
    result = failure_of_run(id);
    result.seconds = seconds;
    return result;
}

// What the bootstrap does after its answer still counts, until it asks for the next event.
void environment::settle(runtime_api::time_point limit) {
    if (api_.wait_until_ready(limit)) {
        processes_.freeze();
    } else {
        over_ = true;
    }
}

}  // namespace lambda_local

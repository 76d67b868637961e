// SPDX-License-Identifier: MIT
// lambda-local: runs a custom runtime as Lambda does, without an account. An event a line on standard input; a line of
// JSON each on standard output, in the order of the events; the function's log on standard error.
#include "command_line.hpp"
#include "local/function.hpp"
#include "local/sandbox.hpp"
#include "text.hpp"

#include <deque>
#include <future>
#include <nlohmann/json.hpp>

namespace {

using lambda_local::invocation_result;

struct options {
    lambda_local::function_settings settings;
    unsigned timeout_ms = 3'000;
    std::string wrapper;
    std::string sandbox;
    bool limit = false;
    std::vector<std::string> variables;
    std::size_t at_once = 1;
};

std::optional<int> read_options(int argc, char** argv, options& o) {
    CLI::App app{
        "Runs a custom runtime as AWS Lambda does: events from standard input, one a line, as JSON."};
    app.add_option("DIRECTORY", o.settings.directory,
                   "of the unpacked function: its program bootstrap is started")
        ->required();
    app.add_option("--handler", o.settings.handler, "_HANDLER of the function")->required();
    app.add_option("--timeout-ms", o.timeout_ms, "of an invocation")
        ->check(CLI::Range(1, 900'000))
        ->capture_default_str();
    app.add_option("--memory", o.settings.memory_mb, "in MB, as the function is told")
        ->check(CLI::Range(128, 10'240))
        ->capture_default_str();
    app.add_option("--concurrency", o.settings.concurrency, "execution environments at most")
        ->check(CLI::Range(1, 1'000))
        ->capture_default_str();
    app.add_option("--at-once", o.at_once, "invocations at a time")
        ->check(CLI::Range(1, 1'000))
        ->capture_default_str();
    app.add_option("--variable", o.variables, "NAME=VALUE for the function; more than once");
    app.add_option("--wrapper", o.wrapper,
                   "starts the bootstrap: a program and its arguments, parted by blanks");
    app.add_option("--sandbox", o.sandbox,
                   "the script tests/lambda/sandbox of Penstock: as little is there as in Lambda")
        ->check(CLI::ExistingFile)
        ->excludes("--wrapper");
    app.add_flag("--limit", o.limit,
                 "in the sandbox, the memory of --memory and the CPU share that comes with it")
        ->needs("--sandbox");
    return example_common::parse_command_line(app, argc, argv, "lambda-local", [&o] {
        if (!o.sandbox.empty()) lambda_local::put_into_sandbox(o.settings, o.sandbox, o.limit);
        o.settings.timeout = std::chrono::milliseconds(o.timeout_ms);
        std::istringstream words(o.wrapper);
        for (std::string word; words >> word;) o.settings.wrapper.push_back(word);
        for (const std::string& one : o.variables) {
            const auto equals = one.find('=');
            if (equals == one.npos || equals == 0)
                throw example_common::usage_error("--variable: '" + one + "' is not NAME=VALUE");
            o.settings.variables[one.substr(0, equals)] = one.substr(equals + 1);
        }
    });
}

void print(const invocation_result& result) {
    nlohmann::json payload = nlohmann::json::parse(result.payload, nullptr, false);
    if (payload.is_discarded()) payload = result.payload;
    const nlohmann::json line{{"status", result.status},           {"error", result.error_type},
                              {"seconds", result.seconds},         {"cold", result.cold},
                              {"environment", result.environment}, {"payload", std::move(payload)}};
    std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

int run(const options& o) {
    lambda_local::function function(o.settings);
    std::deque<std::future<invocation_result>> running;
    bool failed = false;
    const auto finish_one = [&] {
        const invocation_result result = running.front().get();
        running.pop_front();
        failed = failed || result.failed();
        print(result);
    };
    for (std::string line; std::getline(std::cin, line);) {
        if (running.size() == o.at_once) finish_one();
        running.push_back(
            std::async(std::launch::async, [&function, line] { return function.invoke(line); }));
    }
    while (!running.empty()) finish_one();
    return failed ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
    options o;
    if (const auto status = read_options(argc, argv, o)) return *status;
    try {
        return run(o);
    } catch (const std::exception& problem) {
        std::cerr << "lambda-local: " << problem.what() << '\n';
        return 2;
    }
}

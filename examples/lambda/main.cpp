// SPDX-License-Identifier: MIT
// A custom runtime for AWS Lambda: the program `bootstrap`. It keeps one pool of worker processes from its start to its
// end, through all invocations and the freezes between them:
//
//     start: make the pool, find the handler --fails--> /init/error, exit
//       |
//       v
//     next (frozen here) --> parse --> handler --> response, or error
//       ^      |                                      |
//       |      +-- SIGTERM: end the pool, exit        |
//       +---------------------------------------------+
//
// Variables besides Lambda's own: PENSTOCK_LAMBDA_WORKERS (default: as many as usable CPUs) and
// PENSTOCK_LAMBDA_MARGIN_MS (default 500): how long before Lambda's deadline tasks are ended.
#include "handlers/fields.hpp"
#include "handlers/handler.hpp"
#include "runtime/runtime_client.hpp"
#include "runtime/stop_signal.hpp"

#include <penstock/penstock.hpp>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

namespace {

using std::chrono::milliseconds;

std::string variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

std::uint64_t number_in(const char* name, std::uint64_t otherwise, std::uint64_t most) {
    const std::string text = variable(name);
    if (text.empty()) return otherwise;
    const bool digits = text.size() < 7 && text.find_first_not_of("0123456789") == text.npos;
    const std::uint64_t value = digits ? std::stoul(text) : most + 1;
    if (value > most)
        throw std::invalid_argument(std::string(name) + " is '" + text + "', no number up to " +
                                    std::to_string(most));
    return value;
}

void warm() {}

// What is made once. That the workers are there is part of it: a function that cannot start says so at once.
struct function {
    lambda::handler handle = lambda::handler_named(variable("_HANDLER"));
    milliseconds margin{static_cast<milliseconds::rep>(number_in("PENSTOCK_LAMBDA_MARGIN_MS", 500, 60'000))};
    penstock::process_pool pool{{.workers = number_in("PENSTOCK_LAMBDA_WORKERS", 0, 256),
                                 .initializer = penstock::call(lambda::leave_sigterm_to_the_bootstrap),
                                 .grace = milliseconds(100)}};

    function() {
        for (auto& worker : pool.broadcast(warm)) worker.get();
    }
};

struct unreadable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// nlohmann's copies and texts of a value take stack for each level.
nlohmann::json parsed(const std::string& payload) try {
    constexpr int most_levels = 500;
    const auto look = [](int level, nlohmann::json::parse_event_t, nlohmann::json&) {
        if (level > most_levels)
            throw unreadable("the event is nested deeper than " + std::to_string(most_levels) + " levels");
        return true;
    };
    return nlohmann::json::parse(payload.empty() ? "null" : payload, look);
} catch (const nlohmann::json::exception& problem) {
    throw unreadable(problem.what());
}

// Half of a very short time is kept back, not all of it.
std::chrono::system_clock::time_point end_of_work(const lambda::invocation& call, milliseconds margin) {
    const auto left = call.deadline - std::chrono::system_clock::now();
    return call.deadline - std::min<std::chrono::system_clock::duration>(margin, left / 2);
}

lambda::receipt answer(lambda::runtime_client& api, const lambda::invocation& call, function& mine) {
    if (!call.problem.empty())
        return api.report(call.id, {call.problem, "Runtime.InvalidEvent", "Runtime.InvalidEvent", {}});
    std::string body;
    try {
        const nlohmann::json event = parsed(call.payload);
        const nlohmann::json result = mine.handle(event, {mine.pool, call, end_of_work(call, mine.margin)});
        body = result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    } catch (const unreadable& problem) {
        return api.report(call.id, {problem.what(), "Runtime.UnmarshalError", "Runtime.UnmarshalError", {}});
    } catch (...) {
        return api.report(call.id, lambda::failure_of(std::current_exception()));
    }
    return api.respond(call.id, body);
}

int serve(lambda::runtime_client& api) {
    std::optional<function> mine;
    try {
        mine.emplace();
    } catch (...) {
        lambda::failure problem = lambda::failure_of(std::current_exception());
        problem.category = "Runtime.InitError";
        std::cerr << "bootstrap: " << problem.message << '\n';
        api.report_init(problem);
        return 1;
    }
    while (const auto call = api.next()) {
        const lambda::receipt said = answer(api, *call, *mine);
        if (!said.taken())
            std::cerr << "bootstrap: the answer to " << call->id << " was refused with status " << said.status
                      << ": " << said.body << '\n';
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    penstock::init(argc, argv);  // a worker process never returns from here
    try {
        const std::string address = variable("AWS_LAMBDA_RUNTIME_API");
        if (address.empty())
            throw std::runtime_error(
                "AWS_LAMBDA_RUNTIME_API is not set: this program is started by Lambda, or by lambda-local");
        const lambda::stop_signal stop;
        lambda::runtime_client api(address, stop);
        return serve(api);
    } catch (const std::exception& problem) {
        std::cerr << "bootstrap: " << problem.what() << '\n';
        return 1;
    }
}

// SPDX-License-Identifier: MIT
#include "runtime/failure.hpp"

#include <penstock/errors.hpp>

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <typeinfo>

namespace lambda {
namespace {

std::string readable(const char* mangled) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name(
        abi::__cxa_demangle(mangled, nullptr, nullptr, &status), &std::free);
    return status == 0 ? name.get() : mangled;
}

std::string type_of(const std::exception& problem) {
    const auto* remote = dynamic_cast<const penstock::remote_info*>(&problem);
    return remote != nullptr ? remote->type_name : readable(typeid(problem).name());
}

std::string category_of(const std::exception& problem) {
    if (dynamic_cast<const penstock::task_timeout*>(&problem) != nullptr) return "Function.TaskTimeout";
    if (dynamic_cast<const penstock::worker_died*>(&problem) != nullptr) return "Function.WorkerDied";
    if (dynamic_cast<const penstock::pool_broken*>(&problem) != nullptr) return "Runtime.PoolBroken";
    return "Function.Exception";
}

void add_lines(std::vector<std::string>& trace, const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) trace.push_back(line);
}

void trace_into(std::vector<std::string>& trace, const std::exception& problem, bool outermost) {
    if (!outermost) trace.push_back("caused by " + type_of(problem) + ": " + problem.what());
    if (const auto* remote = dynamic_cast<const penstock::remote_info*>(&problem)) {
        trace.push_back("in worker " + std::to_string(remote->worker_pid) +
                        (remote->label.empty() ? "" : ", task " + remote->label));
        add_lines(trace, remote->trace);
    }
    try {
        std::rethrow_if_nested(problem);
    } catch (const std::exception& cause) {
        trace_into(trace, cause, false);
    } catch (...) {
        trace.emplace_back("caused by something that is no std::exception");
    }
}

// Lambda takes 6 MB at most, and a byte may become six of JSON. What somebody reads is at the beginning.
constexpr std::size_t most_text = 256U << 10U;  // of the message, and of all lines of the trace
constexpr std::size_t most_name = 1U << 10U;

std::string cut(const std::string& text, std::size_t most) {
    if (text.size() <= most) return text;
    return text.substr(0, most) + " ... (" + std::to_string(text.size() - most) + " bytes more)";
}

std::vector<std::string> cut(const std::vector<std::string>& lines) {
    std::vector<std::string> result;
    std::size_t left = most_text;
    for (const std::string& line : lines) {
        const std::size_t line_end = 16;  // for what is around it in JSON
        if (left <= line_end) {
            result.push_back("... (" + std::to_string(lines.size() - result.size()) + " lines more)");
            break;
        }
        result.push_back(cut(line, left - line_end));
        left -= std::min(left, line.size() + line_end);
    }
    return result;
}

}  // namespace

failure failure_of(const std::exception_ptr& problem) {
    try {
        std::rethrow_exception(problem);
    } catch (const std::exception& known) {
        failure result{known.what(), type_of(known), category_of(known), {}};
        trace_into(result.trace, known, true);
        return result;
    } catch (...) {
        return {"something that is no std::exception was thrown", "unknown", "Function.Exception", {}};
    }
}

std::string json_text(const failure& what) {
    const nlohmann::json body{{"errorMessage", cut(what.message, most_text)},
                              {"errorType", cut(what.type, most_name)},
                              {"stackTrace", cut(what.trace)}};
    return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace lambda

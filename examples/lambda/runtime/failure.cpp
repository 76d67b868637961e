// SPDX-License-Identifier: MIT
#include "runtime/failure.hpp"

#include <penstock/errors.hpp>

#include <cxxabi.h>

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
    const nlohmann::json body{
        {"errorMessage", what.message}, {"errorType", what.type}, {"stackTrace", what.trace}};
    return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace lambda

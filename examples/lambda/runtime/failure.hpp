// SPDX-License-Identifier: MIT
// What the Runtime API is told of an invocation, or a start, that failed. Plain values; any thread.
#pragma once

#include <exception>
#include <string>
#include <vector>

namespace lambda {

struct failure {
    std::string message;   // errorMessage
    std::string type;      // errorType: the exception's name, or one of Lambda's own
    std::string category;  // of the header Lambda-Runtime-Function-Error-Type, such as "Function.TaskTimeout"
    std::vector<std::string> trace;  // stackTrace: where it came from, the innermost cause last
};

// From an exception of a handler: what a task in a worker threw is called what it was there.
[[nodiscard]] failure failure_of(const std::exception_ptr& problem);

// {"errorMessage": ..., "errorType": ..., "stackTrace": [...]}; what is so long that Lambda would not take it is cut.
[[nodiscard]] std::string json_text(const failure& what);

}  // namespace lambda

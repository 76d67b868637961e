// SPDX-License-Identifier: MIT
#include "server/fault.hpp"

#include "server/text.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace s3_server {
namespace {

struct named_action {
    std::string_view name;
    fault_action action;
};

constexpr std::array actions{
    named_action{"error", fault_action::error},       named_action{"reset", fault_action::reset},
    named_action{"truncate", fault_action::truncate}, named_action{"close", fault_action::close},
    named_action{"drop", fault_action::drop},         named_action{"redirect", fault_action::redirect},
    named_action{"expire", fault_action::expire},     named_action{"copy-error", fault_action::copy_error},
    named_action{"html", fault_action::html},         named_action{"no-token", fault_action::no_token},
    named_action{"stall", fault_action::stall},
};

[[noreturn]] void refuse(std::string_view spec, std::string_view part) {
    throw std::invalid_argument("the fault '" + std::string(spec) + "' is not understood at '" +
                                std::string(part) +
                                "'; the forms are in fault.hpp, for instance error=503,op=GetObject,times=2");
}

// One NAME=VALUE of a spec.
struct setting {
    std::string_view spec, whole, name, value;

    [[nodiscard]] std::uint64_t number() const {
        const auto result = whole_number(value);
        if (!result) refuse(spec, whole);
        return *result;
    }
};

setting parsed(std::string_view spec, std::string_view part) {
    const auto equals = part.find('=');
    const auto value = equals == part.npos ? std::string_view{} : part.substr(equals + 1);
    return {spec, part, part.substr(0, equals), value};
}

void take_status(fault& to, const setting& from) {
    const auto slash = from.value.find('/');
    const auto status = whole_number(from.value.substr(0, slash));
    if (!status || *status < 200 || *status > 599) refuse(from.spec, from.whole);
    to.status = static_cast<unsigned>(*status);
    to.code = to.status == 503 ? "SlowDown" : "InternalError";
    if (slash != from.value.npos) to.code = from.value.substr(slash + 1);
}

void take_action(fault& to, const setting& from) {
    const auto* const found = std::find_if(actions.begin(), actions.end(),
                                           [&](const named_action& one) { return one.name == from.name; });
    if (found == actions.end()) refuse(from.spec, from.whole);
    to.action = found->action;
    switch (to.action) {
        case fault_action::error:
            take_status(to, from);
            break;
        case fault_action::html:
            to.status = from.value.empty() ? 200 : static_cast<unsigned>(from.number());
            break;
        case fault_action::reset:
        case fault_action::truncate:
            to.bytes = from.number();
            break;
        case fault_action::stall:
            to.stall = std::chrono::milliseconds{from.number()};
            break;
        case fault_action::copy_error:
            to.code = from.value.empty() ? "InternalError" : from.value;
            break;
        case fault_action::redirect:
            if (from.value.empty()) refuse(from.spec, from.whole);
            to.code = from.value;
            break;
        default:
            if (!from.value.empty()) refuse(from.spec, from.whole);
    }
}

void take_selector(fault& to, const setting& from) {
    if (from.name == "op") {
        to.only_operation = operation_named(from.value);
        if (!to.only_operation) refuse(from.spec, from.whole);
    } else if (from.name == "bucket") {
        to.bucket = from.value;
    } else if (from.name == "key") {
        to.key_pattern = from.value;
    } else if (from.name == "after") {
        to.after = from.number();
    } else if (from.name == "times") {
        to.times = from.value == "forever" ? fault::forever : from.number();
    } else if (from.name == "per" && from.value == "key") {
        to.per_key = true;
    } else if (from.name == "at" && to.action == fault_action::stall) {
        to.stall_at = from.number();
    } else if (from.name == "retry-after" && to.action == fault_action::error) {
        to.retry_after = static_cast<unsigned>(from.number());
    } else {
        refuse(from.spec, from.whole);
    }
}

}  // namespace

fault parse_fault(std::string_view spec) {
    fault result;
    result.spec = spec;
    bool first = true;
    for (const auto part : split(spec, ',')) {
        first ? take_action(result, parsed(spec, part)) : take_selector(result, parsed(spec, part));
        first = false;
    }
    return result;
}

// Back to the last star whenever what follows it does not fit.
bool glob_matches(std::string_view pattern, std::string_view text) {
    std::size_t in_pattern = 0;
    std::size_t in_text = 0;
    std::size_t star = pattern.npos;
    std::size_t after_star = 0;
    while (in_text < text.size()) {
        if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
            star = in_pattern++;
            after_star = in_text;
        } else if (in_pattern < pattern.size() &&
                   (pattern[in_pattern] == '?' || pattern[in_pattern] == text[in_text])) {
            ++in_pattern;
            ++in_text;
        } else if (star != pattern.npos) {
            in_pattern = star + 1;
            in_text = ++after_star;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', in_pattern) == pattern.npos;
}

}  // namespace s3_server

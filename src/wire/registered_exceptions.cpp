// SPDX-License-Identifier: MIT
#include "wire/registered_exceptions.hpp"

#include "wire/payload_report.hpp"

#include <penstock/register_exception.hpp>

#include <cxxabi.h>

#include <algorithm>
#include <mutex>
#include <new>
#include <string_view>
#include <vector>

namespace penstock::wire {
namespace {

using detail::registered_exception;
using list = std::vector<const registered_exception*>;  // each lives as long as the program

struct registry {
    std::mutex mutex;
    list known;
};

/// Never destroyed: pools with static storage may still be at work at exit.
registry& all() {
    static auto* made = new registry;
    return *made;
}

/// A copy, as a user's serialize function may do anything, even register another type.
list known_exceptions() {
    registry& r = all();
    const std::lock_guard lock(r.mutex);
    return r.known;
}

/// False when the exception being handled is no such type.
bool save_as(const registered_exception& candidate, exception_record& record) {
    detail::byte_buffer bytes;
    detail::output_archive out(bytes);
    try {
        if (!candidate.save(out)) return false;
        record.registered_bytes.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    } catch (const std::bad_alloc&) {
        throw;
    } catch (...) {
        record.registered_problem = reason_of(std::current_exception());
    }
    record.registered = candidate.type->name();
    return true;
}

std::exception_ptr payload_failure(payload_side side, const exception_record& record,
                                   const std::string& reason) {
    return std::make_exception_ptr(
        payload_error(side, record.info.type_name,
                      reason + " (this is an exception that the task threw; it said: " + record.what + ")"));
}

}  // namespace

void save_registered(exception_record& record) {
    const list known = known_exceptions();
    if (known.empty()) return;
    const std::type_info* thrown = abi::__cxa_current_exception_type();
    const auto exact = [&](const registered_exception* each) {
        return thrown != nullptr && *each->type == *thrown;
    };
    const auto found = std::find_if(known.begin(), known.end(), exact);
    if (found != known.end() && save_as(**found, record)) return;
    std::find_if(known.rbegin(), known.rend(),
                 [&](const registered_exception* each) { return save_as(*each, record); });
}

std::exception_ptr load_registered(const exception_record& record, const remote_info& info,
                                   const std::exception_ptr& nested) {
    if (record.registered.empty()) return nullptr;
    if (!record.registered_problem.empty())
        return payload_failure(payload_side::result_encode, record, record.registered_problem);
    for (const registered_exception* each : known_exceptions()) {
        if (record.registered != each->type->name()) continue;
        try {
            detail::input_archive in(std::as_bytes(std::span(record.registered_bytes)));
            return each->load(in, record.what, info, nested);
        } catch (const std::bad_alloc&) {
            throw;
        } catch (...) {
            return payload_failure(payload_side::result_decode, record, reason_of(std::current_exception()));
        }
    }
    return nullptr;
}

}  // namespace penstock::wire

namespace penstock::detail {

void add_registered_exception(const registered_exception& added) {
    auto& r = wire::all();
    const std::lock_guard lock(r.mutex);
    for (const registered_exception* each : r.known) {
        if (*each->type == *added.type) return;
        if (std::string_view(each->type->name()) == added.type->name())
            throw std::invalid_argument(std::string("penstock: two exceptions of the name ") +
                                        added.type->name() + " are registered; their names must differ");
    }
    r.known.push_back(&added);
}

}  // namespace penstock::detail

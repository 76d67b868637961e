// SPDX-License-Identifier: MIT
// For the tests of wire/remote_error: throws an exception, sends it over the wire, looks at what comes out.
#pragma once

#include "wire/remote_error.hpp"

#include <gtest/gtest.h>

#include <exception>
#include <string>

namespace penstock::wire {

inline const exception_origin test_origin{4711, "row 17"};

/// The exception that `act` throws.
template <class Act>
std::exception_ptr thrown_by(const Act& act) {
    try {
        act();
    } catch (...) {
        return std::current_exception();
    }
    ADD_FAILURE() << "nothing was thrown";
    return nullptr;
}

inline std::exception_ptr cross(const std::exception_ptr& thrown,
                                const exception_origin& origin = test_origin) {
    return decode_exception(encode_exception(thrown).bytes(), origin);
}

template <class Act>
std::exception_ptr cross_thrown(const Act& act) {
    return cross(thrown_by(act));
}

/// Calls look(e) if the exception can be caught as a T, and says whether it can.
template <class T, class Look>
bool caught_as(const std::exception_ptr& thrown, const Look& look) {
    try {
        std::rethrow_exception(thrown);
    } catch (const T& e) {
        look(e);
        return true;
    } catch (...) {
        return false;
    }
}

template <class T>
bool caught_as(const std::exception_ptr& thrown) {
    return caught_as<T>(thrown, [](const T&) {});
}

inline std::string what_of(const std::exception_ptr& thrown) {
    std::string what = "(no std::exception)";
    caught_as<std::exception>(thrown, [&](const std::exception& e) { what = e.what(); });
    return what;
}

inline remote_info info_of(const std::exception_ptr& thrown) {
    remote_info info{"(no remote_info)", 0, "", ""};
    caught_as<remote_info>(thrown, [&](const remote_info& found) { info = found; });
    return info;
}

/// What is nested in it, or an empty pointer.
inline std::exception_ptr nested_in(const std::exception_ptr& thrown) {
    std::exception_ptr nested;
    caught_as<std::exception>(thrown, [&](const std::exception& e) {
        try {
            std::rethrow_if_nested(e);
        } catch (...) {
            nested = std::current_exception();
        }
    });
    return nested;
}

} // namespace penstock::wire

// SPDX-License-Identifier: MIT
// An exception of a worker as it is thrown again in the parent: the type T, and beside it, the same object, a
// remote_info. Plain values.
#pragma once

#include <penstock/errors.hpp>

#include <exception>
#include <string>
#include <utility>

namespace penstock::detail {

template <class T>
class rebuilt : public T, public remote_info {
public:
    rebuilt(T base, std::string what, remote_info info)
        : T(std::move(base)), remote_info(std::move(info)), what_(std::move(what)) {}
    /// Overrides std::exception's where T has it.
    const char* what() const noexcept { return what_.c_str(); }

private:
    std::string what_;
};

template <class T>
class with_nested : public T, public std::nested_exception {
public:
    explicit with_nested(const T& base) : T(base) {}
};

/// `e`, with `nested` inside unless that is empty.
template <class T>
std::exception_ptr hold(const T& e, const std::exception_ptr& nested) {
    if (nested == nullptr) return std::make_exception_ptr(e);
    try {
        std::rethrow_exception(nested);
    } catch (...) {  // std::nested_exception takes what is being handled, there is no other way to set it
        return std::make_exception_ptr(with_nested<T>(e));
    }
}

}  // namespace penstock::detail

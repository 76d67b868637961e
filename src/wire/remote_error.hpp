// SPDX-License-Identifier: MIT
// How an exception thrown in a worker crosses to the parent: its nearest standard type, what() verbatim,
// error codes, paths and nested exceptions. Any thread may call both functions at any time; they keep nothing
// of what they are given.
//
// The exception that comes out of decode_exception can be caught as the standard type and, the same object,
// as penstock::remote_info. What has no standard type (an int, a class without a std base) and every
// penstock::error arrives as penstock::remote_exception. A chain of nested exceptions is carried 16 deep
// below the outermost one; what lies deeper is left out. An exception that already crossed once (it came out
// of a pool inside the worker) keeps the remote_info of its first crossing.
#pragma once

#include <penstock/detail/byte_archive.hpp>
#include <penstock/errors.hpp>

#include <sys/types.h>

#include <cstddef>
#include <exception>
#include <span>
#include <string>

namespace penstock::wire {

inline constexpr std::size_t max_nested_exceptions = 16;

/// Whose exception it is: the parent knows both, so neither travels.
struct exception_origin {
    pid_t worker_pid;
    std::string label; ///< the task's label
};

/// Throws nothing but std::bad_alloc: text that cannot be had (a null what(), an error category whose
/// message() throws) is replaced by a remark. An empty pointer, which is what std::current_exception() gives
/// for an exception of another language, is encoded too. A what() that throws is out of reach: every what()
/// is noexcept, so the language itself ends the process there.
detail::byte_buffer encode_exception(const std::exception_ptr& thrown);

/// Never empty. Bytes that are not an encoded exception give a payload_error (payload_side::result_decode).
/// Throws nothing but std::bad_alloc.
std::exception_ptr decode_exception(std::span<const std::byte> bytes, const exception_origin& origin);

} // namespace penstock::wire

// SPDX-License-Identifier: MIT
// What crosses of one exception of a chain: described in the worker, rebuilt in the parent. A plain value.
// Any thread may call the functions; they throw nothing but std::bad_alloc unless they say so.
#pragma once

#include "wire/remote_error.hpp"

#include <cstdint>
#include <exception>
#include <filesystem>
#include <string>

namespace penstock::wire {

struct exception_record {
    std::uint8_t kind = 0; ///< the row of the table in remote_error_table.cpp; 0 is remote_exception
    std::string what;
    std::string category; ///< category, value and message of the error code, where the type has one
    int value = 0;
    std::string message;
    std::filesystem::path path1;
    std::filesystem::path path2;
    bool relayed = false; ///< info is that of an earlier crossing; otherwise only its type_name is set
    remote_info info;
    std::string registered; ///< for a type that the user registered: its name; otherwise empty
    std::string registered_bytes;
    std::string registered_problem; ///< why it does not encode

    template <class Archive>
    void serialize(Archive& archive) {
        archive(kind, what, category, value, message, path1, path2);
        archive(relayed, info.type_name, info.worker_pid, info.label, info.trace);
        archive(registered, registered_bytes, registered_problem);
    }
};

/// Describes an exception, or an empty pointer, and sets `nested` to the one nested in it if there is one.
exception_record describe(const std::exception_ptr& thrown, std::exception_ptr& nested);

/// Fills in kind, what() and codes by the first row of the table that fits.
void describe_standard(const std::exception& thrown, exception_record& record);
/// The same for the exception being handled, which cannot be caught as std::exception: either it has two of
/// them as bases, and one of its other standard bases serves, or none, and the answer is false.
bool describe_ambiguous(exception_record& record);

/// The exception that the record tells of, with `nested` (may be empty) inside. Throws archive_error when the
/// record is not one that describe() makes.
std::exception_ptr rebuild(const exception_record& record, const exception_origin& origin,
                           const std::exception_ptr& nested);

} // namespace penstock::wire

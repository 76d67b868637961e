// SPDX-License-Identifier: MIT
// The exceptions that users registered (penstock/register_exception.hpp), on their way through a record. Any thread may
// call these.
#pragma once

#include "wire/remote_error_record.hpp"

namespace penstock::wire {

/// To be called in a handler: adds the exception's own bytes when its type, or else a base of it, is registered. A type
/// that does not encode leaves the reason in the record. Throws nothing but std::bad_alloc.
void save_registered(exception_record& record);

/// The exception that the record's own bytes tell of; empty when there are none or its type is not registered here.
/// Bytes that do not decode give a payload_error. Throws nothing but std::bad_alloc.
std::exception_ptr load_registered(const exception_record& record, const remote_info& info,
                                   const std::exception_ptr& nested);

}  // namespace penstock::wire

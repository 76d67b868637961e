// SPDX-License-Identifier: MIT
// Failures as bytes inside a larger message: in a chunk of a map every item fails for itself, and an
// outcome<R> can be an argument or a result. Any thread may call these; they throw std::bad_alloc only.
#pragma once

#include <penstock/detail/task_call.hpp>

#include <exception>
#include <span>
#include <string_view>

namespace penstock::detail {

/// Appends what a task threw, with the id of this process and the task's label for its remote_info.
void encode_failure(byte_buffer& flat, const std::exception_ptr& thrown, std::string_view label);
/// Appends a value that did not cross: it comes back as a payload_error, which what a task throws never does.
void encode_failure(byte_buffer& flat, const crossing_failure& failure);
/// The exception that one of these wrote; never null. Other bytes give a payload_error.
std::exception_ptr decode_failure(std::span<const std::byte> bytes);
/// To be called in a catch block: what rethrow_as_payload_error throws, to be kept instead.
std::exception_ptr current_payload_error(payload_side side, std::string_view type_name);

}  // namespace penstock::detail

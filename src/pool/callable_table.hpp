// SPDX-License-Identifier: MIT
// The numbers of callables: process-wide, given at the first submit, small enough for the tag of a frame. The token (its
// name for a worker) is worked out once. Any thread; a short lock only when a thread meets a callable it has not
// used last.
#pragma once

#include "wire/task_token.hpp"

#include <penstock/detail/task_call.hpp>

#include <cstdint>

namespace penstock::pool {

/// Throws payload_error when the callable lies in no module (code made at run time), std::length_error beyond 2^24.
std::uint32_t callable_number(const detail::callable_ref& callable);
/// What the numbers belong to. A program and a library that it loads may each have a copy of Penstock, and each copy
/// counts by itself: a number of one means another callable to the other.
const void* callable_numbering();
/// Throws payload_error when the code that calls this counts otherwise than the pool.
void check_numbering(const void* of_the_pool);
/// The name of a numbered callable; the reference is valid for ever.
const wire::task_token& callable_token(std::uint32_t number);
/// How many bytes that name takes at most in a frame.
std::size_t callable_token_size(std::uint32_t number);
/// The name of any callable.
wire::task_token make_token(const detail::callable_ref& callable);

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// A fault that the server plays on request, and the one-line form it is asked for in:
//
//     FAULT    = ACTION *( "," SELECTOR )
//     ACTION   = "error=" STATUS [ "/" CODE ]   answer with this status; CODE defaults to SlowDown for 503 and
//                                               InternalError otherwise
//              | "reset=" BYTES                 RST after so many bytes of the body
//              | "truncate=" BYTES              close after so many bytes of the body, Content-Length promised all;
//                                               of both: a shorter body lacks its last byte, and an answer without a
//                                               body is cut in its head
//              | "close"                        answer, promise keep-alive, then close the connection
//              | "drop"                         close the connection instead of answering
//              | "redirect=" REGION             301 PermanentRedirect that names this region
//              | "expire"                       all temporary credentials given out so far expire, this request's too
//              | "copy-error" [ "=" CODE ]      200 with an <Error> body; CODE defaults to InternalError
//              | "html" [ "=" STATUS ]          a page of HTML instead of the answer; STATUS defaults to 200
//              | "no-token"                     a listing that says it is truncated and gives no token
//              | "stall=" MILLISECONDS          no byte for so long, then the rest
//     SELECTOR = "op=" OPERATION                GetObject, ListObjects, ... (operation.hpp); default: any
//              | "bucket=" NAME | "key=" GLOB   `*` is any run of characters, `?` any one byte
//              | "after=" N                     let the first N matching requests pass; default 0
//              | "times=" N | "times=forever"   default 1
//              | "per=key"                      count `after` and `times` for each key apart
//              | "at=" BYTES                    only with stall: after so many bytes of the body; default: before all
//              | "retry-after=" SECONDS         only with error: the header of that name
//
// Examples: "error=503,op=GetObject,times=2,per=key", "error=503,key=bad.bin,times=forever,retry-after=1",
// "reset=1000,op=GetObject", "expire,after=100". For a comma in a key's pattern write `?`. The first fault that
// matches a request and is not used up plays; one request plays one fault at most.
#pragma once

#include "server/operation.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace s3_server {

enum class fault_action {
    error,
    reset,
    truncate,
    close,
    drop,
    redirect,
    expire,
    copy_error,
    html,
    no_token,
    stall
};

struct fault {
    static constexpr std::uint64_t forever = UINT64_MAX;

    std::string spec;  // As it was asked for; names the fault in the statistics.
    fault_action action = fault_action::error;
    unsigned status = 503;
    std::string code;         // Of an error, or the region of a redirect.
    std::uint64_t bytes = 0;  // Of the body, before a reset or a truncation.
    std::chrono::milliseconds stall{0};
    std::optional<std::uint64_t> stall_at;  // Bytes of the body; none: before the answer.
    std::optional<unsigned> retry_after;

    std::optional<operation> only_operation;
    std::string bucket;  // Empty: any.
    std::string key_pattern = "*";
    std::uint64_t after = 0;
    std::uint64_t times = 1;
    bool per_key = false;
};

// Throws std::invalid_argument that names the spec and the part it does not understand.
[[nodiscard]] fault parse_fault(std::string_view spec);

[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace s3_server

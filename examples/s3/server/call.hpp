// SPDX-License-Identifier: MIT
// A verified request on its way to the function that serves it. Refers to what outlives the request's handling.
#pragma once

#include "server/answer.hpp"
#include "server/key_ring.hpp"
#include "server/refusal.hpp"
#include "server/route.hpp"
#include "server/server_options.hpp"
#include "server/signature_check.hpp"
#include "server/store.hpp"

#include <string>

namespace s3_server {

struct call {
    request& received;  // The body may be moved from.
    const route& where;
    const signed_scope& signature;
    const server_options& settings;
    time_point now;
    std::string request_id;
    store& objects;
    key_ring& keys;
};

// Each serves the operations of its name and throws `refusal`.
[[nodiscard]] answer serve_bucket(const call& from);
[[nodiscard]] answer serve_listing(const call& from);
[[nodiscard]] answer serve_object(const call& from);
[[nodiscard]] answer serve_copy(const call& from);  // CopyObject
[[nodiscard]] answer serve_multipart(const call& from);
[[nodiscard]] answer serve_role(const call& from);

[[nodiscard]] answer xml_answer(std::string xml, unsigned status = 200);
[[nodiscard]] std::string xml_element(std::string_view name, std::string_view text);  // Escapes the text.

}  // namespace s3_server

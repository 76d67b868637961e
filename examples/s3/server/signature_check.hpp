// SPDX-License-Identifier: MIT
// Verifies a request's AWS Signature Version 4 from the request as received: the server's own reading of the published
// rules, which shares no line with the client's signer. Any thread.
#pragma once

#include "server/key_ring.hpp"
#include "server/request.hpp"
#include "server/text.hpp"

#include <string>

namespace s3_server {

// What the signature says about itself, once it is verified.
struct signed_scope {
    std::string access_key_id;
    std::string region;
    std::string service;
};

// Throws `refusal`: AccessDenied without a signature, AuthorizationHeaderMalformed, InvalidAccessKeyId, InvalidToken,
// ExpiredToken, RequestTimeTooSkewed (beyond 15 minutes), SignatureDoesNotMatch, XAmzContentSHA256Mismatch. Whether
// the region is the right one is not its business.
[[nodiscard]] signed_scope verify_signature(const request& received, const key_ring& keys, time_point now);

}  // namespace s3_server

// SPDX-License-Identifier: MIT
// What the bodies of S3's and STS's answers say. Pure functions, any thread. All but server_error_in throw
// unexpected_answer for anything that is not the answer asked for, and name what came instead.
#pragma once

#include "client/objects.hpp"
#include "client/sts.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace s3 {

class unexpected_answer : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct server_error {
    std::string code;
    std::string message;
    std::string request_id;
    std::string region;
    std::string endpoint;
    std::string server_time;
};

// The <Error> that the body is, if it is one.
[[nodiscard]] std::optional<server_error> server_error_in(const std::string& body);

// Keys come back decoded. A listing that is truncated without naming a token is unexpected.
[[nodiscard]] listing_page listing_in(const std::string& body);
[[nodiscard]] std::string upload_id_in(const std::string& body);
// The ETag of a CopyObjectResult, CopyPartResult or CompleteMultipartUploadResult.
[[nodiscard]] std::string etag_in(const std::string& body, const std::string& root);
[[nodiscard]] assumed_role assumed_role_in(const std::string& body);

// The text at the end of a path of elements, which must be there: {"PublishResponse", "PublishResult", "MessageId"}.
[[nodiscard]] std::string text_in(const std::string& body, const std::vector<std::string>& path);

// "HTML that begins ..." and the like: what a body is when it is not what was expected.
[[nodiscard]] std::string described(const std::string& body);

}  // namespace s3

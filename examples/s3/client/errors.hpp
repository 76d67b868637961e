// SPDX-License-Identifier: MIT
// Everything that the client throws for the server's or the network's sake. Texts hold no secrets.
#pragma once

#include <stdexcept>
#include <string>

namespace s3 {

struct error_details {
    std::string operation;  // "GET", "list", "copy"
    std::string bucket;
    std::string key;  // empty when the bucket is meant
    int status = 0;   // 0: no answer came
    std::string code;
    std::string request_id;
    std::string sentence;  // what it means or what to do
    // An attempt before ended without an answer to rely on: the server may have done what was asked for.
    bool repeated = false;
};

// what(): "GET s3://bucket/key: 403 SignatureDoesNotMatch (request 4442587FB7D0A2F9): <sentence>". A status of 0 means
// that no answer came.
class s3_error : public std::runtime_error {
public:
    explicit s3_error(error_details details);

    [[nodiscard]] int status() const noexcept { return details_.status; }
    [[nodiscard]] const std::string& code() const noexcept { return details_.code; }
    [[nodiscard]] const std::string& request_id() const noexcept { return details_.request_id; }
    [[nodiscard]] const std::string& bucket() const noexcept { return details_.bucket; }
    [[nodiscard]] const std::string& key() const noexcept { return details_.key; }
    [[nodiscard]] const error_details& details() const noexcept { return details_; }

private:
    error_details details_;
};

// The session's token is too old. Not repeated inside (but see client::renew_with): the caller refreshes the credentials
// and calls again.
class token_expired : public s3_error {
public:
    using s3_error::s3_error;
};

class not_found : public s3_error {
public:
    using s3_error::s3_error;
};

// The transport's stop check said so.
class stopped : public s3_error {
public:
    using s3_error::s3_error;
};

// No credentials were found, or they cannot be renewed; says what was looked for.
class credential_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace s3

// SPDX-License-Identifier: MIT
// An error as S3 answers it. Thrown by whatever finds that a request cannot be served; service.cpp makes the answer.
#pragma once

#include "server/answer.hpp"

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace s3_server {

class refusal : public std::exception {
public:
    // The status follows from the code: 400 for a code that the table in refusal.cpp does not know.
    refusal(std::string code, std::string message, std::vector<header> details = {});

    [[nodiscard]] const char* what() const noexcept override { return message.c_str(); }

    unsigned status;
    std::string code;
    std::string message;
    std::vector<header> details;  // Elements of the XML beside Code and Message.
    std::vector<header> headers;  // Besides, of the answer.
};

// The XML of S3 or, for `sts`, that of the Security Token Service.
[[nodiscard]] std::string error_xml(const refusal& error, std::string_view request_id, bool sts);

}  // namespace s3_server

// SPDX-License-Identifier: MIT
#include "client/errors.hpp"

#include "client/encode.hpp"

#include <utility>

namespace s3 {
namespace {

std::string place(const error_details& details) {
    if (details.bucket.empty()) return "";
    return " s3://" + details.bucket + (details.key.empty() ? "" : "/" + printable(details.key));
}

std::string verdict(const error_details& details) {
    std::string text = details.status == 0 ? "no answer" : std::to_string(details.status);
    if (!details.code.empty()) text += " " + printable(details.code);
    if (!details.request_id.empty()) text += " (request " + printable(details.request_id) + ")";
    return text;
}

std::string message(const error_details& details) {
    std::string text = details.operation + place(details) + ": " + verdict(details);
    if (!details.sentence.empty()) text += ": " + printable(details.sentence);
    return text;
}

}  // namespace

s3_error::s3_error(error_details details)
    : std::runtime_error(message(details)), details_(std::move(details)) {}

}  // namespace s3

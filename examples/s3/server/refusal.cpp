// SPDX-License-Identifier: MIT
#include "server/refusal.hpp"

#include "server/digest.hpp"
#include "server/text.hpp"

#include <algorithm>
#include <array>

namespace s3_server {
namespace {

struct code_status {
    std::string_view code;
    unsigned status;
};

constexpr std::array table{
    code_status{"PermanentRedirect", 301},
    code_status{"NotModified", 304},
    code_status{"AccessDenied", 403},
    code_status{"InvalidAccessKeyId", 403},
    code_status{"InvalidClientTokenId", 403},
    code_status{"MissingAuthenticationToken", 403},
    code_status{"SignatureDoesNotMatch", 403},
    code_status{"RequestTimeTooSkewed", 403},
    code_status{"NoSuchBucket", 404},
    code_status{"NoSuchKey", 404},
    code_status{"NoSuchUpload", 404},
    code_status{"MethodNotAllowed", 405},
    code_status{"BucketAlreadyOwnedByYou", 409},
    code_status{"BucketNotEmpty", 409},
    code_status{"PreconditionFailed", 412},
    code_status{"InvalidRange", 416},
    code_status{"InternalError", 500},
    code_status{"NotImplemented", 501},
    code_status{"SlowDown", 503},
    code_status{"ServiceUnavailable", 503},
};

unsigned status_of(std::string_view code) {
    const auto* const found =
        std::find_if(table.begin(), table.end(), [code](const code_status& row) { return row.code == code; });
    return found == table.end() ? 400 : found->status;
}

std::string element(std::string_view name, std::string_view text) {
    return "<" + std::string(name) + ">" + xml_escaped(text) + "</" + std::string(name) + ">";
}

}  // namespace

refusal::refusal(std::string what_code, std::string why, std::vector<header> more)
    : status(status_of(what_code)), code(std::move(what_code)), message(std::move(why)),
      details(std::move(more)) {}

std::string error_xml(const refusal& error, std::string_view request_id, bool sts) {
    const std::string begin = element("Code", error.code) + element("Message", error.message);
    if (sts) {
        return "<ErrorResponse "
               "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>" +
               begin + "</Error>" + element("RequestId", request_id) + "</ErrorResponse>\n";
    }
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>" + begin;
    for (const auto& detail : error.details) xml += element(detail.name, detail.value);
    return xml + element("RequestId", request_id) + element("HostId", base64(sha256(request_id))) +
           "</Error>";
}

}  // namespace s3_server

// SPDX-License-Identifier: MIT
// AssumeRole of the Security Token Service, version 2011-06-15.
#include "server/call.hpp"

#include <map>

namespace s3_server {
namespace {

using form = std::map<std::string, std::string>;

form parsed_form(std::string_view text) {
    form result;
    for (const auto part : split(text, '&')) {
        const auto equals = part.find('=');
        const auto value = equals == part.npos ? std::string_view{} : part.substr(equals + 1);
        result.emplace(percent_decoded(part.substr(0, equals), true), percent_decoded(value, true));
    }
    return result;
}

std::chrono::seconds lifetime(const call& from, const form& asked) {
    if (from.settings.role_lifetime.count() > 0) return from.settings.role_lifetime;
    const auto found = asked.find("DurationSeconds");
    if (found == asked.end()) return std::chrono::hours{1};
    const auto seconds = whole_number(found->second);
    if (!seconds || *seconds < 900 || *seconds > 43'200) {
        throw refusal("ValidationError", "DurationSeconds must be a number from 900 to 43200");
    }
    return std::chrono::seconds{static_cast<std::int64_t>(*seconds)};
}

void check(const form& asked) {
    const auto value = [&](const char* name) {
        const auto found = asked.find(name);
        return found == asked.end() ? std::string{} : found->second;
    };
    if (value("Action") != "AssumeRole" || value("Version") != "2011-06-15") {
        throw refusal("InvalidAction",
                      "Could not find operation " + value("Action") + " for version " + value("Version"));
    }
    if (!value("RoleArn").starts_with("arn:") || value("RoleSessionName").size() < 2) {
        throw refusal("ValidationError",
                      "RoleArn must be an ARN and RoleSessionName have two letters at least");
    }
}

std::string key_xml(const access_key& key) {
    return "<Credentials>" + xml_element("AccessKeyId", key.id) + xml_element("SecretAccessKey", key.secret) +
           xml_element("SessionToken", key.session_token) +
           xml_element("Expiration", iso_date(key.expires.value_or(time_point{}))) + "</Credentials>";
}

}  // namespace

answer serve_role(const call& from) {
    const form asked = parsed_form(from.received.body);
    check(asked);
    const access_key key = from.keys.make_temporary(from.now + lifetime(from, asked));
    const std::string who = asked.at("RoleArn") + "/" + asked.at("RoleSessionName");
    answer result = xml_answer(
        "<AssumeRoleResponse "
        "xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><AssumedRoleUser>" +
        xml_element("Arn", who) +
        xml_element("AssumedRoleId", "AROAPENSTOCKDEMOROLE:" + asked.at("RoleSessionName")) +
        "</AssumedRoleUser>" + key_xml(key) + "</AssumeRoleResult><ResponseMetadata>" +
        xml_element("RequestId", from.request_id) + "</ResponseMetadata></AssumeRoleResponse>\n");
    return result;
}

}  // namespace s3_server

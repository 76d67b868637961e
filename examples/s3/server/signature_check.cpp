// SPDX-License-Identifier: MIT
#include "server/signature_check.hpp"

#include "server/digest.hpp"
#include "server/refusal.hpp"

#include <algorithm>
#include <chrono>
#include <unordered_map>
#include <utility>

namespace s3_server {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr auto most_skew = 15min;

// The Authorization header, taken apart. The views point into the request.
struct authorization {
    std::string_view key_id, date, region, service;
    std::string_view scope;  // date/region/service/aws4_request
    std::vector<std::string_view> signed_headers;
    std::string_view signed_headers_text;
    std::string_view signature;
};

[[noreturn]] void malformed(const std::string& why) {
    throw refusal("AuthorizationHeaderMalformed", "The authorization header is malformed; " + why);
}

void take_credential(authorization& to, std::string_view value) {
    const auto parts = split(value, '/');
    if (parts.size() != 5 || parts[4] != "aws4_request") {
        malformed(
            "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
    }
    to.key_id = parts[0];
    to.date = parts[1];
    to.region = parts[2];
    to.service = parts[3];
    to.scope = value.substr(parts[0].size() + 1);
}

void take_part(authorization& to, std::string_view part) {
    const auto equals = part.find('=');
    const auto name = part.substr(0, equals);
    const auto value = equals == part.npos ? std::string_view{} : part.substr(equals + 1);
    if (name == "Credential") {
        take_credential(to, value);
    } else if (name == "SignedHeaders") {
        to.signed_headers_text = value;
        to.signed_headers = split(value, ';');
    } else if (name == "Signature") {
        to.signature = value;
    }
}

authorization parsed_authorization(const request& received) {
    std::string_view text = trimmed(received.header_value("Authorization"));
    if (text.empty()) throw refusal("AccessDenied", "Access Denied: the request is not signed.");
    if (!text.starts_with(algorithm)) throw refusal("InvalidRequest", "Only AWS4-HMAC-SHA256 is supported.");
    text.remove_prefix(algorithm.size());
    authorization result;
    for (const auto part : split(text, ',')) take_part(result, trimmed(part));
    if (result.scope.empty() || result.signature.empty() || result.signed_headers_text.empty()) {
        malformed("it needs Credential, SignedHeaders and Signature.");
    }
    return result;
}

// Encoded by the server's own hand, whatever the client thought to be in need of it.
std::string canonical_path(const request& received) {
    const std::string path = percent_encoded(percent_decoded(received.path()), true);
    return path.empty() ? "/" : path;
}

std::string canonical_query(const request& received) {
    if (received.query().empty()) return {};
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto part : split(received.query(), '&')) {
        const auto equals = part.find('=');
        const auto value = equals == part.npos ? std::string_view{} : part.substr(equals + 1);
        pairs.emplace_back(percent_encoded(percent_decoded(part.substr(0, equals), true), false),
                           percent_encoded(percent_decoded(value, true), false));
    }
    std::sort(pairs.begin(), pairs.end());
    std::string result;
    for (const auto& [name, value] : pairs) result += (result.empty() ? "" : "&") + name + "=" + value;
    return result;
}

// Without blanks around it, and runs of blanks inside as one.
std::string canonical_value(std::string_view value) {
    std::string result;
    for (const char letter : trimmed(value)) {
        if (letter != ' ' || result.back() != ' ') result += letter;
    }
    return result;
}

std::string canonical_headers(const request& received, const authorization& signature) {
    std::string result;
    for (const auto name : signature.signed_headers) {
        std::string values;
        bool found = false;
        for (const auto& one : received.headers) {
            if (!equal_names(one.name, name)) continue;
            values += (found ? "," : "") + canonical_value(one.value);
            found = true;
        }
        result += std::string(name) + ":" + values + "\n";
    }
    return result;
}

bool is_signed(const authorization& signature, std::string_view name) {
    return std::any_of(signature.signed_headers.begin(), signature.signed_headers.end(),
                       [name](std::string_view one) { return equal_names(one, name); });
}

void check_signed_headers(const request& received, const authorization& signature) {
    if (!is_signed(signature, "host")) malformed("SignedHeaders lacks host.");
    if (!std::is_sorted(signature.signed_headers.begin(), signature.signed_headers.end())) {
        malformed("SignedHeaders is not sorted.");
    }
    for (const auto& one : received.headers) {
        if (lower(one.name).starts_with("x-amz-") && !is_signed(signature, one.name)) {
            throw refusal("AccessDenied", "There were headers present in the request which were not signed",
                          {{"HeadersNotSigned", lower(one.name)}});
        }
    }
}

std::string payload_hash(const request& received, const authorization& signature) {
    const auto told = received.header_value("x-amz-content-sha256");
    if (told.empty()) {
        if (signature.service != "s3") return lower_hex(sha256(received.body));
        throw refusal("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
    }
    if (told == "UNSIGNED-PAYLOAD") return std::string(told);
    if (told.starts_with("STREAMING-")) {
        throw refusal("NotImplemented", "This server does not support chunked signatures.");
    }
    const std::string computed = lower_hex(sha256(received.body));
    if (told != computed) {
        throw refusal(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            {{"ClientComputedContentSHA256", std::string(told)}, {"S3ComputedContentSHA256", computed}});
    }
    return computed;
}

access_key checked_key(const request& received, const authorization& signature, const key_ring& keys,
                       time_point now) {
    const auto key = keys.find(signature.key_id);
    const auto token = received.header_value("x-amz-security-token");
    if (!key || (token.empty() && !key->session_token.empty())) {
        throw refusal("InvalidAccessKeyId",
                      "The AWS Access Key Id you provided does not exist in our records.",
                      {{"AWSAccessKeyId", std::string(signature.key_id)}});
    }
    if (token != key->session_token) {
        throw refusal("InvalidToken", "The provided token is malformed or otherwise invalid.");
    }
    if (key->expires && *key->expires <= now)
        throw refusal("ExpiredToken", "The provided token has expired.");
    return *key;
}

time_point checked_time(const request& received, const authorization& signature, time_point now) {
    const std::string text(received.header_value("x-amz-date"));
    const auto when = from_compact_date(text);
    if (!when) throw refusal("AccessDenied", "AWS authentication requires a valid x-amz-date header");
    if (text.substr(0, 8) != signature.date) {
        malformed("Invalid credential date \"" + std::string(signature.date) +
                  "\". This date is not the same as " + "X-Amz-Date: \"" + text.substr(0, 8) + "\".");
    }
    if (*when > now + most_skew || *when < now - most_skew) {
        throw refusal(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            {{"RequestTime", text},
             {"ServerTime", iso_date(now)},
             {"MaxAllowedSkewMilliseconds", std::to_string(std::chrono::milliseconds(most_skew).count())}});
    }
    return *when;
}

// The four steps from the secret to the key of a day, region and service; remembered, as requests come by thousands.
const std::string& signing_key(const std::string& secret, const authorization& signature) {
    thread_local std::unordered_map<std::string, std::string> known;
    if (known.size() > 100) known.clear();
    std::string& key = known[secret + "/" + std::string(signature.scope)];
    if (key.empty()) {
        key = hmac_sha256("AWS4" + secret, signature.date);
        key = hmac_sha256(key, signature.region);
        key = hmac_sha256(key, signature.service);
        key = hmac_sha256(key, "aws4_request");
    }
    return key;
}

// Takes the same time wherever the two differ.
bool same_text(std::string_view one, std::string_view other) {
    unsigned difference = one.size() == other.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
        difference |=
            static_cast<unsigned char>(one[i]) ^ static_cast<unsigned>(static_cast<unsigned char>(other[i]));
    }
    return difference == 0;
}

}  // namespace

signed_scope verify_signature(const request& received, const key_ring& keys, time_point now) {
    const authorization signature = parsed_authorization(received);
    const access_key key = checked_key(received, signature, keys, now);
    checked_time(received, signature, now);
    check_signed_headers(received, signature);
    const std::string canonical = received.method + "\n" + canonical_path(received) + "\n" +
                                  canonical_query(received) + "\n" + canonical_headers(received, signature) +
                                  "\n" + std::string(signature.signed_headers_text) + "\n" +
                                  payload_hash(received, signature);
    const std::string to_sign = std::string(algorithm) + "\n" +
                                std::string(received.header_value("x-amz-date")) + "\n" +
                                std::string(signature.scope) + "\n" + lower_hex(sha256(canonical));
    if (!same_text(lower_hex(hmac_sha256(signing_key(key.secret, signature), to_sign)),
                   signature.signature)) {
        throw refusal(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key "
            "and signing method.",
            {{"AWSAccessKeyId", key.id},
             {"StringToSign", to_sign},
             {"CanonicalRequest", canonical},
             {"SignatureProvided", std::string(signature.signature)}});
    }
    return {key.id, std::string(signature.region), std::string(signature.service)};
}

}  // namespace s3_server

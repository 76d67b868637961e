// SPDX-License-Identifier: MIT
#include "client/signature.hpp"

#include "client/digest.hpp"
#include "client/encode.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace s3 {
namespace {

std::string_view as_text(const digest& value) {
    return {reinterpret_cast<const char*>(value.data()), value.size()};
}

// Without blanks at the ends, and with one blank where there were several.
std::string trimmed(std::string_view value) {
    std::string result;
    for (const char letter : value) {
        const bool blank = letter == ' ' || letter == '\t';
        if (!blank) {
            result += letter;
        } else if (!result.empty() && result.back() != ' ') {
            result += ' ';
        }
    }
    if (!result.empty() && result.back() == ' ') result.pop_back();
    return result;
}

// Lower-case names in order; values of the same name in the order in which they are sent.
header_list canonical_headers(const header_list& headers) {
    header_list result;
    for (const auto& [name, value] : headers) result.emplace_back(lower_case(name), trimmed(value));
    const auto by_name = [](const auto& left, const auto& right) { return left.first < right.first; };
    std::stable_sort(result.begin(), result.end(), by_name);
    header_list joined;
    for (auto& [name, value] : result) {
        if (!joined.empty() && joined.back().first == name) {
            joined.back().second += "," + value;
        } else {
            joined.emplace_back(std::move(name), std::move(value));
        }
    }
    return joined;
}

std::string signed_names(const header_list& canonical) {
    std::string result;
    for (const auto& [name, value] : canonical) result += (result.empty() ? "" : ";") + name;
    return result;
}

std::string canonical_request(const unsigned_request& request, const header_list& headers) {
    std::string text = request.method + '\n' + request.path + '\n' + query_text(request.query) + '\n';
    for (const auto& [name, value] : headers) text += name + ':' + value + '\n';
    return text + '\n' + signed_names(headers) + '\n' + request.payload_hash;
}

digest derived_key(const credentials& keys, const std::string& day, const signing_scope& scope) {
    digest key = hmac_sha256("AWS4" + keys.secret_access_key, day);
    key = hmac_sha256(as_text(key), scope.region);
    key = hmac_sha256(as_text(key), scope.service);
    return hmac_sha256(as_text(key), "aws4_request");
}

// The key holds for a day, a region and a service: most requests of a thread need the one of the request before.
const digest& signing_key(const credentials& keys, const std::string& day, const signing_scope& scope) {
    using made_of = std::array<std::string, 4>;
    thread_local made_of from;
    thread_local digest key{};
    made_of wanted{keys.secret_access_key, day, scope.region, scope.service};
    if (from != wanted) {
        key = derived_key(keys, day, scope);
        from = std::move(wanted);
    }
    return key;
}

}  // namespace

std::string query_text(const query_list& query) {
    query_list encoded;
    for (const auto& [name, value] : query)
        encoded.emplace_back(percent_encoded(name), percent_encoded(value));
    std::sort(encoded.begin(), encoded.end());
    std::string text;
    for (const auto& [name, value] : encoded) text += (text.empty() ? "" : "&") + name + "=" + value;
    return text;
}

std::string amz_date(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
    return {text.data(), length};
}

std::string canonical_request(const unsigned_request& request) {
    return canonical_request(request, canonical_headers(request.headers));
}

header_list signature_headers(unsigned_request request, const credentials& keys, const signing_scope& scope) {
    const std::string date = amz_date(scope.time);
    header_list added{{"x-amz-date", date}};
    if (!keys.session_token.empty()) added.emplace_back("x-amz-security-token", keys.session_token);
    request.headers.insert(request.headers.end(), added.begin(), added.end());

    const header_list headers = canonical_headers(request.headers);
    const std::string day = date.substr(0, 8);
    const std::string place = day + '/' + scope.region + '/' + scope.service + "/aws4_request";
    const std::string to_sign =
        "AWS4-HMAC-SHA256\n" + date + '\n' + place + '\n' + sha256_hex(canonical_request(request, headers));
    const std::string signature = lower_hex(hmac_sha256(as_text(signing_key(keys, day, scope)), to_sign));
    added.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=" + keys.access_key_id + '/' + place +
                                            ", SignedHeaders=" + signed_names(headers) +
                                            ", Signature=" + signature);
    return added;
}

}  // namespace s3

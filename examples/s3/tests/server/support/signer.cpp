// SPDX-License-Identifier: MIT
#include "support/signer.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <algorithm>
#include <cctype>
#include <iomanip>
#include <sstream>

namespace s3_server::test {
namespace {

using bytes = std::vector<unsigned char>;

std::string hex(const bytes& value) {
    std::ostringstream text;
    for (const unsigned char one : value)
        text << std::hex << std::setw(2) << std::setfill('0') << unsigned{one};
    return text.str();
}

bytes hashed(const std::string& text, const EVP_MD* method) {
    bytes value(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), value.data(), &size, method, nullptr);
    value.resize(size);
    return value;
}

bytes keyed(const bytes& key, const std::string& text) {
    bytes value(EVP_MAX_MD_SIZE);
    unsigned size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), value.data(), &size);
    value.resize(size);
    return value;
}

std::string joined_query(pairs query) {
    for (auto& [name, value] : query) {
        name = url_encoded(name, false);
        value = url_encoded(value, false);
    }
    std::sort(query.begin(), query.end());
    std::ostringstream text;
    for (std::size_t i = 0; i < query.size(); ++i) {
        text << (i == 0 ? "" : "&") << query[i].first << '=' << query[i].second;
    }
    return text.str();
}

}  // namespace

std::string url_encoded(const std::string& text, bool keep_slash) {
    std::ostringstream result;
    for (const char one : text) {
        const auto byte = static_cast<unsigned char>(one);
        const bool plain =
            (byte < 128 && std::isalnum(byte) != 0) || one == '-' || one == '_' || one == '.' || one == '~';
        if (plain || (one == '/' && keep_slash)) {
            result << one;
        } else {
            result << '%' << std::uppercase << std::hex << std::setw(2) << std::setfill('0')
                   << unsigned{byte};
        }
    }
    return result.str();
}

std::string hex_sha256(const std::string& text) { return hex(hashed(text, EVP_sha256())); }
std::string hex_md5(const std::string& text) { return hex(hashed(text, EVP_md5())); }

std::string authorization_of(const to_sign& what, const signing_key& key) {
    pairs headers = what.headers;
    for (auto& one : headers) {
        std::transform(one.first.begin(), one.first.end(), one.first.begin(),
                       [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    }
    std::sort(headers.begin(), headers.end());
    std::ostringstream lines, names;
    for (std::size_t i = 0; i < headers.size(); ++i) {
        lines << headers[i].first << ':' << headers[i].second << '\n';
        names << (i == 0 ? "" : ";") << headers[i].first;
    }
    std::ostringstream canonical, scope, text;
    canonical << what.method << '\n'
              << url_encoded(what.path, true) << '\n'
              << joined_query(what.query) << '\n'
              << lines.str() << '\n'
              << names.str() << '\n'
              << what.payload_hash;
    const std::string day = what.date.substr(0, 8);
    scope << day << '/' << what.region << '/' << what.service << "/aws4_request";
    text << "AWS4-HMAC-SHA256\n" << what.date << '\n' << scope.str() << '\n' << hex_sha256(canonical.str());
    const std::string first = "AWS4" + key.secret;
    const bytes derived =
        keyed(keyed(keyed(keyed(bytes(first.begin(), first.end()), day), what.region), what.service),
              "aws4_request");
    return "AWS4-HMAC-SHA256 Credential=" + key.id + "/" + scope.str() + ", SignedHeaders=" + names.str() +
           ", Signature=" + hex(keyed(derived, text.str()));
}

}  // namespace s3_server::test

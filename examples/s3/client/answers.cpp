// SPDX-License-Identifier: MIT
#include "client/answers.hpp"

#include "client/encode.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <iterator>
#include <string_view>

namespace s3 {
namespace {

// Blanks may be a key, and line ends are part of one: nothing is trimmed or translated.
constexpr unsigned parse_options = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_ws_pcdata_single;

class document {
public:
    explicit document(const std::string& body)
        : good_(text_.load_buffer(body.data(), body.size(), parse_options)) {}

    // The root, if the body is XML with that root.
    [[nodiscard]] pugi::xml_node root(const char* name) const {
        return good_ ? text_.child(name) : pugi::xml_node();
    }

private:
    pugi::xml_document text_;
    bool good_;
};

pugi::xml_node expected(const document& xml, const std::string& name, const std::string& body) {
    const pugi::xml_node root = xml.root(name.c_str());
    if (!root)
        throw unexpected_answer("the server answered with " + described(body) + " instead of a " + name);
    return root;
}

std::string text_of(const pugi::xml_node& parent, const char* name) { return parent.child_value(name); }

std::uint64_t size_of(const pugi::xml_node& object) {
    const std::string_view text = object.child_value("Size");
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
        throw unexpected_answer("the listing holds an object without a size");
    }
    return size;
}

listed_object object_of(const pugi::xml_node& node, bool encoded) {
    std::string key = text_of(node, "Key");
    if (encoded) key = percent_decoded(key);
    if (key.empty()) throw unexpected_answer("the listing holds an object without a key");
    return {std::move(key), size_of(node), text_of(node, "ETag"), text_of(node, "LastModified")};
}

std::string next_token(const pugi::xml_node& root) {
    if (text_of(root, "IsTruncated") != "true") return {};
    std::string token = text_of(root, "NextContinuationToken");
    if (token.empty()) {
        throw unexpected_answer(
            "the listing is truncated but holds no token to go on with: objects would be missing");
    }
    return token;
}

std::string first_words(const std::string& body) {
    std::string text = body.substr(0, 80);
    std::replace_if(
        text.begin(), text.end(), [](char letter) { return static_cast<unsigned char>(letter) < 0x20; }, ' ');
    return "\"" + text + (body.size() > 80 ? "...\"" : "\"");
}

// "2026-11-21T12:00:00Z", with or without a fraction.
std::chrono::system_clock::time_point time_in(const std::string& text) {
    std::tm parts{};
    if (text.empty() || strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) {
        throw unexpected_answer("the assumed role has no time of expiry");
    }
    return std::chrono::system_clock::from_time_t(timegm(&parts));
}

}  // namespace

std::string described(const std::string& body) {
    if (body.empty()) return "an empty body";
    const auto begin = body.find_first_not_of(" \t\r\n");
    const std::string front = begin == std::string::npos ? "" : lower_case(body.substr(begin, 14));
    const bool html = front.rfind("<!doctype html", 0) == 0 || front.rfind("<html", 0) == 0;
    return (html ? "HTML that begins " : "a body that begins ") + first_words(body);
}

std::optional<server_error> server_error_in(const std::string& body) {
    if (body.empty()) return std::nullopt;
    const document xml(body);
    const pugi::xml_node outer = xml.root("ErrorResponse");  // of STS
    const pugi::xml_node error = outer ? outer.child("Error") : xml.root("Error");
    if (!error) return std::nullopt;
    std::string request_id = text_of(outer ? outer : error, "RequestId");
    return server_error{text_of(error, "Code"),   text_of(error, "Message"),  std::move(request_id),
                        text_of(error, "Region"), text_of(error, "Endpoint"), text_of(error, "ServerTime")};
}

listing_page listing_in(const std::string& body) {
    const document xml(body);
    const pugi::xml_node root = expected(xml, "ListBucketResult", body);
    const bool encoded = text_of(root, "EncodingType") == "url";
    listing_page page;
    for (const pugi::xml_node& node : root.children("Contents"))
        page.objects.push_back(object_of(node, encoded));
    for (const pugi::xml_node& node : root.children("CommonPrefixes")) {
        const std::string prefix = text_of(node, "Prefix");
        page.common_prefixes.push_back(encoded ? percent_decoded(prefix) : prefix);
    }
    page.next_token = next_token(root);
    return page;
}

std::string upload_id_in(const std::string& body) {
    const document xml(body);
    std::string id = text_of(expected(xml, "InitiateMultipartUploadResult", body), "UploadId");
    if (id.empty()) throw unexpected_answer("the server began a multipart upload without naming its id");
    return id;
}

std::string text_in(const std::string& body, const std::vector<std::string>& path) {
    const document xml(body);
    pugi::xml_node node = expected(xml, path.front(), body);
    for (auto name = path.begin() + 1; name != path.end(); ++name) node = node.child(name->c_str());
    if (!node) throw unexpected_answer("the server's " + path.front() + " holds no " + path.back());
    return node.child_value();
}

std::string etag_in(const std::string& body, const std::string& root) {
    const document xml(body);
    return text_of(expected(xml, root, body), "ETag");
}

assumed_role assumed_role_in(const std::string& body) {
    const document xml(body);
    const pugi::xml_node root = xml.root("AssumeRoleResponse");
    if (!root)
        throw unexpected_answer(
            "the server's answer is no AssumeRoleResponse");  // it may hold secrets: not shown
    const pugi::xml_node keys = root.child("AssumeRoleResult").child("Credentials");
    assumed_role role{
        {text_of(keys, "AccessKeyId"), text_of(keys, "SecretAccessKey"), text_of(keys, "SessionToken")},
        time_in(text_of(keys, "Expiration"))};
    if (role.keys.access_key_id.empty() || role.keys.secret_access_key.empty()) {
        throw unexpected_answer("the assumed role has no keys");
    }
    return role;
}

}  // namespace s3

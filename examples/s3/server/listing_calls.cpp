// SPDX-License-Identifier: MIT
// ListObjectsV2, and the first version for programs that ask for it.
#include "server/call.hpp"

#include <algorithm>

namespace s3_server {
namespace {

// How a page is written: encoded or not, with tokens or with markers.
struct page_form {
    bool encoded = false;
    bool tokens = false;

    [[nodiscard]] std::string text(std::string_view key) const {
        return encoded ? listing_encoded(key) : std::string(key);
    }
};

page_form form_of(const call& from) {
    const std::string encoding = from.where.value("encoding-type");
    if (!encoding.empty() && encoding != "url") {
        throw refusal("InvalidArgument", "Invalid Encoding Method specified in Request",
                      {{"ArgumentValue", encoding}});
    }
    return {!encoding.empty(), from.where.value("list-type") == "2"};
}

std::size_t most_keys(const call& from) {
    if (!from.where.asks("max-keys")) return 1000;
    const auto number = whole_number(from.where.value("max-keys"));
    if (!number) throw refusal("InvalidArgument", "Provided max-keys not an integer or within integer range");
    return static_cast<std::size_t>(std::min<std::uint64_t>(*number, 1000));
}

// A token says where to go on, and nobody but the server is to read it: "k" or "p" and a name, in hexadecimal digits.
std::string token_of(const listing& page) {
    return lower_hex(page.last_prefix.empty() ? "k" + page.last_key : "p" + page.last_prefix);
}

void take_token(list_wish& to, const std::string& token) {
    const auto text = from_hex(token);
    if (!text || text->empty() || (text->front() != 'k' && text->front() != 'p')) {
        throw refusal("InvalidArgument", "The continuation token provided is incorrect",
                      {{"ArgumentName", "continuation-token"}});
    }
    (text->front() == 'k' ? to.after : to.after_prefix) = text->substr(1);
}

list_wish wish_of(const call& from, const page_form& form) {
    list_wish wish;
    wish.prefix = from.where.value("prefix");
    wish.delimiter = from.where.value("delimiter");
    wish.most = most_keys(from);
    wish.after = from.where.value(form.tokens ? "start-after" : "marker");
    // The first version's marker may be a common prefix of the page before.
    if (!form.tokens && !wish.delimiter.empty() && wish.after.ends_with(wish.delimiter))
        wish.after_prefix = wish.after;
    if (form.tokens && from.where.asks("continuation-token"))
        take_token(wish, from.where.value("continuation-token"));
    return wish;
}

std::string object_xml(const listed_object& one, const page_form& form) {
    return "<Contents>" + xml_element("Key", form.text(one.key)) +
           xml_element("LastModified", iso_date(one.what.modified)) +
           xml_element("ETag", "\"" + one.what.bytes->etag() + "\"") +
           xml_element("Size", std::to_string(one.what.bytes->size())) +
           xml_element("StorageClass", "STANDARD") + "</Contents>";
}

std::string asked_xml(const call& from, const list_wish& wish, const page_form& form) {
    std::string xml = xml_element("Name", from.where.bucket) + xml_element("Prefix", form.text(wish.prefix)) +
                      xml_element("MaxKeys", std::to_string(wish.most));
    if (!wish.delimiter.empty()) xml += xml_element("Delimiter", form.text(wish.delimiter));
    if (form.encoded) xml += xml_element("EncodingType", "url");
    if (form.tokens && from.where.asks("continuation-token")) {
        xml += xml_element("ContinuationToken", from.where.value("continuation-token"));
    }
    if (from.where.asks("start-after"))
        xml += xml_element("StartAfter", form.text(from.where.value("start-after")));
    if (from.where.asks("marker")) xml += xml_element("Marker", form.text(from.where.value("marker")));
    return xml;
}

std::string counts_xml(const listing& page, const page_form& form) {
    std::string xml = xml_element("IsTruncated", page.truncated ? "true" : "false");
    if (form.tokens)
        xml += xml_element("KeyCount", std::to_string(page.objects.size() + page.common_prefixes.size()));
    if (!page.truncated) return xml;
    const std::string& last = page.last_prefix.empty() ? page.last_key : page.last_prefix;
    return xml + (form.tokens ? xml_element("NextContinuationToken", token_of(page))
                              : xml_element("NextMarker", form.text(last)));
}

}  // namespace

answer serve_listing(const call& from) {
    const page_form form = form_of(from);
    const list_wish wish = wish_of(from, form);
    const listing page = from.objects.list(from.where.bucket, wish);
    std::string xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "
        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    xml += asked_xml(from, wish, form) + counts_xml(page, form);
    for (const auto& one : page.objects) xml += object_xml(one, form);
    for (const auto& prefix : page.common_prefixes) {
        xml += "<CommonPrefixes>" + xml_element("Prefix", form.text(prefix)) + "</CommonPrefixes>";
    }
    answer result = xml_answer(xml + "</ListBucketResult>");
    result.headers.push_back({"x-amz-bucket-region", from.objects.bucket(from.where.bucket).region});
    return result;
}

}  // namespace s3_server

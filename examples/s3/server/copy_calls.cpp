// SPDX-License-Identifier: MIT
// CopyObject. The copy refers to the bytes of its source, so that it costs nothing and keeps the ETag.
#include "server/copy_source.hpp"

namespace s3_server {
namespace {

constexpr std::uint64_t most_for_one_copy = std::uint64_t{5} << 30U;

void check_copy(const call& from, const copy_source& source) {
    if (source.found.bytes->size() > most_for_one_copy) {
        throw refusal("InvalidRequest",
                      "The specified copy source is larger than the maximum allowable size for a copy "
                      "source: 5368709120");
    }
    if (source.bucket == from.where.bucket && source.key == from.where.key &&
        from.received.header_value("x-amz-metadata-directive") != "REPLACE") {
        throw refusal(
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself without changing "
            "the object's metadata.");
    }
}

}  // namespace

copy_source copy_source_of(const call& from) {
    std::string_view value = from.received.header_value("x-amz-copy-source");
    value = value.substr(0, value.find("?versionId="));
    const std::string name = percent_decoded(value.starts_with('/') ? value.substr(1) : value);
    const auto slash = name.find('/');
    if (slash == name.npos || slash + 1 == name.size()) {
        throw refusal("InvalidArgument",
                      "Copy Source must mention the source bucket and key: /sourcebucket/sourcekey",
                      {{"ArgumentName", "x-amz-copy-source"}, {"ArgumentValue", std::string(value)}});
    }
    copy_source source{name.substr(0, slash), name.substr(slash + 1), {}};
    source.found = from.objects.find(source.bucket, source.key);
    const auto must = trimmed(from.received.header_value("x-amz-copy-source-if-match"));
    const std::string etag = source.found.bytes->etag();
    if (!must.empty() && must != etag && must != "\"" + etag + "\"") {
        throw refusal("PreconditionFailed", "At least one of the pre-conditions you specified did not hold",
                      {{"Condition", "x-amz-copy-source-If-Match"}});
    }
    return source;
}

answer copy_answer(std::string_view name, std::string_view etag, time_point when) {
    const std::string tag(name);
    return xml_answer("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + tag +
                      " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
                      xml_element("LastModified", iso_date(when)) +
                      xml_element("ETag", "\"" + std::string(etag) + "\"") + "</" + tag + ">");
}

answer serve_copy(const call& from) {
    copy_source source = copy_source_of(from);
    check_copy(from, source);
    const std::string etag = source.found.bytes->etag();
    source.found.modified = from.now;
    from.objects.put(from.where.bucket, from.where.key, std::move(source.found));
    return copy_answer("CopyObjectResult", etag, from.now);
}

}  // namespace s3_server

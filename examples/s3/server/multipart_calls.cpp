// SPDX-License-Identifier: MIT
// Multipart uploads: create, a part sent or copied, complete, abort.
#include "server/copy_source.hpp"
#include "server/digest.hpp"
#include "server/range.hpp"

#include <utility>

namespace s3_server {
namespace {

using parts_by_number = std::map<unsigned, uploaded_part>;

unsigned part_number(const call& from) {
    const auto number = whole_number(from.where.value("partNumber"));
    if (!number || *number < 1 || *number > 10'000) {
        throw refusal("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive",
                      {{"ArgumentName", "partNumber"}});
    }
    return static_cast<unsigned>(*number);
}

answer create(const call& from) {
    const auto type = from.received.header_value("Content-Type");
    const std::string id = from.objects.create_upload(
        from.where.bucket, from.where.key, type.empty() ? "binary/octet-stream" : std::string(type));
    return xml_answer(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<InitiateMultipartUploadResult "
        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
        xml_element("Bucket", from.where.bucket) + xml_element("Key", from.where.key) +
        xml_element("UploadId", id) + "</InitiateMultipartUploadResult>");
}

answer add_part(const call& from) {
    const auto bytes = stored_content(std::move(from.received.body));
    const std::string etag = bytes->etag();
    from.objects.add_part(from.where.bucket, from.where.key, from.where.value("uploadId"),
                          {part_number(from), {bytes, 0, bytes->size()}, etag});
    answer result;
    result.headers.push_back({"ETag", "\"" + etag + "\""});
    return result;
}

content_slice copied_slice(const call& from, const object& source) {
    const auto size = source.bytes->size();
    const auto text = trimmed(from.received.header_value("x-amz-copy-source-range"));
    if (text.empty()) return {source.bytes, 0, size};
    const auto run = parse_range(text, size);
    if (!run) {
        throw refusal("InvalidArgument",
                      "The x-amz-copy-source-range value must be of the form bytes=first-last",
                      {{"ArgumentName", "x-amz-copy-source-range"}});
    }
    return {source.bytes, run->first, run->size};
}

// The MD5 of small parts. Hashing large ones would take longer than sending them, so theirs stands for what they are.
std::string etag_of(const content_slice& slice, const copy_source& source, std::uint64_t md5_up_to) {
    if (slice.size <= md5_up_to) return joined_content({slice}, {})->etag();
    return lower_hex(md5(source.bucket + "/" + source.key + " " + std::to_string(slice.offset) + " " +
                         std::to_string(slice.size)));
}

answer copy_part(const call& from) {
    const copy_source source = copy_source_of(from);
    const content_slice slice = copied_slice(from, source.found);
    const std::string etag = etag_of(slice, source, from.settings.md5_up_to);
    from.objects.add_part(from.where.bucket, from.where.key, from.where.value("uploadId"),
                          {part_number(from), slice, etag});
    return copy_answer("CopyPartResult", etag, from.now);
}

// The text of the next <name>...</name> in `xml`, which is cut to what comes after. The request is that of a program,
// so that no parser of XML is needed.
std::optional<std::string> next_text(std::string_view& xml, const std::string& name) {
    const auto begin = xml.find("<" + name + ">");
    const auto end = xml.find("</" + name + ">");
    if (begin == xml.npos || end == xml.npos || end < begin) return std::nullopt;
    std::string text(trimmed(xml.substr(begin + name.size() + 2, end - begin - name.size() - 2)));
    xml.remove_prefix(end + name.size() + 3);
    return text;
}

std::string bare_etag(std::string text) {
    for (const std::string_view quote : {"&quot;", "&#34;", "\""}) {
        while (text.find(quote) != text.npos) text.erase(text.find(quote), quote.size());
    }
    return text;
}

uploaded_part named_part(std::string_view part_xml, const parts_by_number& sent) {
    std::string_view for_number = part_xml;
    const auto number = whole_number(next_text(for_number, "PartNumber").value_or(""));
    const std::string etag = bare_etag(next_text(part_xml, "ETag").value_or(""));
    const auto found = sent.find(static_cast<unsigned>(number.value_or(0)));
    if (!number || found == sent.end() || found->second.etag != etag) {
        throw refusal(
            "InvalidPart",
            "One or more of the specified parts could not be found. The part may not have been uploaded, or "
            "the specified entity tag may not match the part's entity tag.",
            {{"PartNumber", std::to_string(number.value_or(0))}, {"ETag", etag}});
    }
    return found->second;
}

std::vector<uploaded_part> named_parts(const call& from, const parts_by_number& sent) {
    std::vector<uploaded_part> parts;
    std::string_view xml = from.received.body;
    while (const auto part = next_text(xml, "Part")) {
        parts.push_back(named_part(*part, sent));
        if (parts.size() > 1 && parts[parts.size() - 2].number >= parts.back().number) {
            throw refusal("InvalidPartOrder", "The list of parts was not in ascending order.");
        }
    }
    if (parts.empty()) {
        throw refusal("MalformedXML",
                      "The XML you provided was not well-formed or did not validate against our "
                      "published schema");
    }
    return parts;
}

void check_sizes(const call& from, const std::vector<uploaded_part>& parts) {
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        if (parts[i].bytes.size >= from.settings.smallest_part) continue;
        throw refusal("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size",
                      {{"ProposedSize", std::to_string(parts[i].bytes.size)},
                       {"MinSizeAllowed", std::to_string(from.settings.smallest_part)},
                       {"PartNumber", std::to_string(parts[i].number)}});
    }
}

// The MD5 of the parts' MD5s, and how many there are.
content_ptr joined(const std::vector<uploaded_part>& parts) {
    std::vector<content_slice> slices;
    std::string hashes;
    for (const auto& part : parts) {
        slices.push_back(part.bytes);
        hashes += from_hex(part.etag).value_or("");
    }
    return joined_content(std::move(slices), lower_hex(md5(hashes)) + "-" + std::to_string(parts.size()));
}

answer complete(const call& from) {
    const std::string id = from.where.value("uploadId");
    std::string type;
    const auto sent = from.objects.parts(from.where.bucket, from.where.key, id, type);
    const auto parts = named_parts(from, sent);
    check_sizes(from, parts);
    const content_ptr whole = joined(parts);
    from.objects.put(from.where.bucket, from.where.key, {whole, from.now, type});
    from.objects.end_upload(from.where.bucket, from.where.key, id);
    return xml_answer(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CompleteMultipartUploadResult "
        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
        xml_element("Bucket", from.where.bucket) + xml_element("Key", from.where.key) +
        xml_element("ETag", "\"" + whole->etag() + "\"") + "</CompleteMultipartUploadResult>");
}

answer abort(const call& from) {
    from.objects.end_upload(from.where.bucket, from.where.key, from.where.value("uploadId"));
    answer gone;
    gone.status = 204;
    return gone;
}

}  // namespace

answer serve_multipart(const call& from) {
    switch (from.where.what) {
        case operation::create_multipart_upload:
            return create(from);
        case operation::upload_part:
            return add_part(from);
        case operation::upload_part_copy:
            return copy_part(from);
        case operation::complete_multipart_upload:
            return complete(from);
        default:
            return abort(from);
    }
}

}  // namespace s3_server

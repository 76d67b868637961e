// SPDX-License-Identifier: MIT
// Single objects: head, get, put, delete.
#include "server/call.hpp"
#include "server/digest.hpp"
#include "server/range.hpp"

#include <utility>

namespace s3_server {
namespace {

std::string quoted(std::string_view etag) { return "\"" + std::string(etag) + "\""; }

// A list of ETags, quoted or not, or "*".
bool names_etag(std::string_view list, std::string_view etag) {
    for (auto one : split(list, ',')) {
        one = trimmed(one);
        if (one == "*" || one == etag || one == quoted(etag)) return true;
    }
    return false;
}

void check_conditions(const call& from, std::string_view etag) {
    const auto must = from.received.header_value("If-Match");
    if (!must.empty() && !names_etag(must, etag)) {
        throw refusal("PreconditionFailed", "At least one of the pre-conditions you specified did not hold",
                      {{"Condition", "If-Match"}});
    }
    const auto must_not = from.received.header_value("If-None-Match");
    if (!must_not.empty() && names_etag(must_not, etag)) {
        refusal unchanged("NotModified", "Not Modified");
        unchanged.headers.push_back({"ETag", quoted(etag)});
        throw unchanged;
    }
}

void take_range(answer& to, const call& from, std::uint64_t size) {
    const auto run = parse_range(trimmed(from.received.header_value("Range")), size);
    if (!run) return;
    to.status = 206;
    to.bytes.offset = run->first;
    to.bytes.size = run->size;
    to.headers.push_back({"Content-Range", "bytes " + std::to_string(run->first) + "-" +
                                               std::to_string(run->first + run->size - 1) + "/" +
                                               std::to_string(size)});
}

answer get(const call& from) {
    const object found = from.objects.find(from.where.bucket, from.where.key);
    const std::string etag = found.bytes->etag();
    check_conditions(from, etag);
    answer result;
    result.headers = {{"Last-Modified", http_date(found.modified)},
                      {"ETag", quoted(etag)},
                      {"Accept-Ranges", "bytes"},
                      {"Content-Type", found.type}};
    result.bytes = {found.bytes, 0, found.bytes->size()};
    take_range(result, from, found.bytes->size());
    return result;
}

void check_md5(const call& from) {
    const auto told = from.received.header_value("Content-MD5");
    if (!told.empty() && told != base64(md5(from.received.body))) {
        throw refusal("BadDigest", "The Content-MD5 you specified did not match what we received.");
    }
}

answer put(const call& from) {
    check_md5(from);
    object fresh{stored_content(std::move(from.received.body)), from.now, {}};
    fresh.type = from.received.header_value("Content-Type");
    if (fresh.type.empty()) fresh.type = "binary/octet-stream";
    answer result;
    result.headers.push_back({"ETag", quoted(fresh.bytes->etag())});
    from.objects.put(from.where.bucket, from.where.key, std::move(fresh));
    return result;
}

answer remove(const call& from) {
    from.objects.remove(from.where.bucket, from.where.key);
    answer gone;
    gone.status = 204;
    return gone;
}

}  // namespace

answer serve_object(const call& from) {
    if (from.where.key.size() > 1024) {
        throw refusal("KeyTooLongError", "Your key is too long",
                      {{"Size", std::to_string(from.where.key.size())}, {"MaxSizeAllowed", "1024"}});
    }
    switch (from.where.what) {
        case operation::put_object:
            return put(from);
        case operation::delete_object:
            return remove(from);
        default:
            return get(from);
    }
}

}  // namespace s3_server

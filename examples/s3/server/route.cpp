// SPDX-License-Identifier: MIT
#include "server/route.hpp"

#include <algorithm>

namespace s3_server {
namespace {

std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return "localhost";  // An IPv6 address.
    return host.substr(0, host.rfind(':'));
}

bool is_address(std::string_view host) { return host.find_first_not_of("0123456789.") == host.npos; }

std::string bucket_of_host(std::string_view host) {
    host = without_port(trimmed(host));
    if (is_address(host) || host == "localhost") return {};
    if (host.ends_with(".localhost")) return std::string(host.substr(0, host.size() - 10));
    if (const auto service = host.find(".s3."); service != host.npos)
        return std::string(host.substr(0, service));
    const auto dot = host.find('.');
    return dot == host.npos ? std::string{} : std::string(host.substr(0, dot));
}

void take_query(route& to, std::string_view query) {
    if (query.empty()) return;
    for (const auto part : split(query, '&')) {
        const auto equals = part.find('=');
        const auto value = equals == part.npos ? std::string_view{} : part.substr(equals + 1);
        to.query.emplace(percent_decoded(part.substr(0, equals), true), percent_decoded(value, true));
    }
}

void take_path(route& to, const request& received) {
    std::string_view path = received.path();
    if (path.starts_with('/')) path.remove_prefix(1);
    to.bucket = bucket_of_host(received.header_value("Host"));
    if (to.bucket.empty()) {
        const auto slash = path.find('/');
        to.bucket = percent_decoded(path.substr(0, slash));
        path = slash == path.npos ? std::string_view{} : path.substr(slash + 1);
    }
    to.key = percent_decoded(path);
}

operation service_operation(const request& received) {
    if (received.method == "POST") return operation::assume_role;
    return received.method == "GET" ? operation::list_buckets : operation::unknown;
}

operation bucket_operation(const request& received, const route& where) {
    if (received.method == "PUT") return operation::create_bucket;
    if (received.method == "HEAD") return operation::head_bucket;
    if (received.method == "DELETE") return operation::delete_bucket;
    if (received.method != "GET") return operation::unknown;
    if (where.asks("location")) return operation::get_bucket_location;
    // Other questions about a bucket come as a name without a value, and this server answers none of them.
    const bool other = std::any_of(where.query.begin(), where.query.end(), [](const auto& one) {
        return one.second.empty() && (one.first == "uploads" || one.first == "versioning" ||
                                      one.first == "acl" || one.first == "versions" || one.first == "policy");
    });
    return other ? operation::unknown : operation::list_objects;
}

operation put_operation(const request& received, const route& where) {
    const bool copies = !received.header_value("x-amz-copy-source").empty();
    if (where.asks("partNumber")) return copies ? operation::upload_part_copy : operation::upload_part;
    return copies ? operation::copy_object : operation::put_object;
}

operation object_operation(const request& received, const route& where) {
    if (received.method == "GET") return operation::get_object;
    if (received.method == "HEAD") return operation::head_object;
    if (received.method == "PUT") return put_operation(received, where);
    const bool upload = where.asks("uploadId");
    if (received.method == "DELETE")
        return upload ? operation::abort_multipart_upload : operation::delete_object;
    if (received.method != "POST") return operation::unknown;
    if (upload) return operation::complete_multipart_upload;
    return where.asks("uploads") ? operation::create_multipart_upload : operation::unknown;
}

}  // namespace

route route_of(const request& received) {
    route result;
    take_query(result, received.query());
    if (received.path().starts_with("/-/")) {
        result.what = operation::control;
        return result;
    }
    take_path(result, received);
    if (result.bucket.empty()) {
        result.what = service_operation(received);
    } else {
        result.what =
            result.key.empty() ? bucket_operation(received, result) : object_operation(received, result);
    }
    return result;
}

}  // namespace s3_server

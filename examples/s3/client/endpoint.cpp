// SPDX-License-Identifier: MIT
#include "client/endpoint.hpp"

#include "client/encode.hpp"

#include <algorithm>
#include <stdexcept>

namespace s3 {
namespace {

struct address {
    std::string scheme;     // "https://"
    std::string authority;  // host and port
    std::string prefix;     // the path in front of everything, without a slash at its end
};

address parsed(const std::string& endpoint) {
    const auto scheme_end = endpoint.find("://");
    const std::string scheme = lower_case(endpoint.substr(0, scheme_end));
    if (scheme_end == std::string::npos || (scheme != "http" && scheme != "https")) {
        throw std::invalid_argument("the endpoint '" + endpoint + "' has to begin with http:// or https://");
    }
    const auto host_begin = scheme_end + 3;
    const auto path_begin = std::min(endpoint.find('/', host_begin), endpoint.size());
    address result{scheme + "://", endpoint.substr(host_begin, path_begin - host_begin),
                   endpoint.substr(path_begin)};
    while (!result.prefix.empty() && result.prefix.back() == '/') result.prefix.pop_back();
    if (result.authority.empty() || result.authority.find_first_of("@?#") != std::string::npos) {
        throw std::invalid_argument("the endpoint has to be scheme://host[:port], nothing more");
    }
    return result;
}

bool ends_with(const std::string& text, std::string_view end) {
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string host_header(const address& where) {
    const std::string_view own_port = where.scheme == "http://" ? ":80" : ":443";
    if (!ends_with(where.authority, own_port)) return where.authority;
    return where.authority.substr(0, where.authority.size() - own_port.size());
}

std::string domain_of(const std::string& region) {
    return region.rfind("cn-", 0) == 0 ? "amazonaws.com.cn" : "amazonaws.com";
}

bool host_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-';
}

bool all_host_letters(std::string_view text) { return std::all_of(text.begin(), text.end(), host_letter); }

address address_of(const std::string& endpoint, const std::string& service, const std::string& region) {
    if (!is_region(region)) {
        throw std::invalid_argument(
            "the region '" + printable(region) +
            "' is none: it has to consist of small letters, digits and '-', such as eu-west-1");
    }
    if (!endpoint.empty()) return parsed(endpoint);
    return {"https://", service + "." + region + "." + domain_of(region), ""};
}

bool fits_a_host_name(const std::string& bucket) {
    return !bucket.empty() && bucket.size() <= 63 && all_host_letters(bucket);
}

bool bucket_in_host(const client_settings& settings, const std::string& bucket) {
    if (bucket.empty() || settings.style == addressing::path) return false;
    return settings.style == addressing::virtual_host ||
           (settings.endpoint.empty() && fits_a_host_name(bucket));
}

}  // namespace

place place_of(const client_settings& settings, const std::string& region, const std::string& bucket,
               const std::string& key) {
    address where = address_of(settings.endpoint, "s3", region);
    std::string path = where.prefix;
    if (bucket_in_host(settings, bucket)) {
        where.authority = bucket + "." + where.authority;
        path += "/" + path_encoded(key);
    } else {
        path += "/" + percent_encoded(bucket) + (key.empty() ? "" : "/" + path_encoded(key));
    }
    return {where.scheme + where.authority, host_header(where), std::move(path)};
}

place place_of_sts(const client_settings& settings) {
    const std::string& endpoint = settings.sts_endpoint.empty() ? settings.endpoint : settings.sts_endpoint;
    const address where = address_of(endpoint, "sts", settings.region);
    return {where.scheme + where.authority, host_header(where), where.prefix + "/"};
}

place place_of_service(const client_settings& settings, const std::string& service) {
    const address where = address_of(settings.endpoint, service, settings.region);
    return {where.scheme + where.authority, host_header(where), where.prefix + "/"};
}

bool is_region(std::string_view text) { return !text.empty() && text.size() <= 63 && all_host_letters(text); }

std::string region_in(std::string_view host) {
    const auto scheme = host.find("://");
    if (scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
    host = host.substr(0, host.find_first_of("/:"));
    const auto end = host.find(".amazonaws.com");
    if (end == std::string_view::npos) return {};
    // What stands between "s3." or "s3-" and the domain; the name of a bucket may hold the same letters before.
    const std::string_view front = host.substr(0, end);
    const auto dot = front.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? front : front.substr(dot + 1);
    if (last == "s3") return "us-east-1";
    if (last.rfind("s3-", 0) == 0) return std::string(last.substr(3));
    const bool after_service =
        dot != std::string_view::npos && ends_with("." + std::string(front.substr(0, dot)), ".s3");
    return after_service ? std::string(last) : std::string();
}

}  // namespace s3

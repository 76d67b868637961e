// SPDX-License-Identifier: MIT
#include "server/service.hpp"

#include "server/made_bytes.hpp"
#include "server/signature_check.hpp"

#include <array>
#include <cstdio>
#include <stdexcept>

namespace s3_server {
namespace {

using namespace std::chrono;

constexpr time_point made_at = sys_days{year{2023} / May / 17};

answer served(const call& from) {
    switch (from.where.what) {
        case operation::assume_role:
            return serve_role(from);
        case operation::list_objects:
            return serve_listing(from);
        case operation::head_object:
        case operation::get_object:
        case operation::put_object:
        case operation::delete_object:
            return serve_object(from);
        case operation::copy_object:
            return serve_copy(from);
        case operation::create_multipart_upload:
        case operation::upload_part:
        case operation::upload_part_copy:
        case operation::complete_multipart_upload:
        case operation::abort_multipart_upload:
            return serve_multipart(from);
        case operation::unknown:
            throw refusal("NotImplemented",
                          "A header or query you provided implies functionality that is not implemented.");
        default:
            return serve_bucket(from);
    }
}

answer text_answer(unsigned status, const char* type, std::string text) {
    answer result;
    result.status = status;
    result.headers.push_back({"Content-Type", type});
    result.text = std::move(text);
    return result;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

// The listing says that there is more and not where.
void take_token_away(std::string& xml) {
    replace_all(xml, "<IsTruncated>false<", "<IsTruncated>true<");
    for (const std::string name : {"NextContinuationToken", "NextMarker"}) {
        const auto begin = xml.find("<" + name + ">");
        if (begin == xml.npos) continue;
        const auto end = xml.find("</" + name + ">", begin) + name.size() + 3;
        xml.erase(begin, end - begin);
    }
}

refusal refusal_of(const fault& what) {
    refusal error(what.code,
                  what.status == 503 ? "Please reduce your request rate." : "A fault was asked for.");
    error.status = what.status;
    if (what.retry_after) error.headers.push_back({"Retry-After", std::to_string(*what.retry_after)});
    return error;
}

}  // namespace

service::service(server_options wanted)
    : settings_(std::move(wanted)),
      keys_({settings_.access_key_id, settings_.secret_access_key, settings_.session_token, {}}) {
    for (const auto& spec : settings_.faults) faults_.add(spec);
    for (const auto& recipe : settings_.buckets) make_bucket(recipe);
}

void service::make_bucket(const bucket_recipe& recipe) {
    objects_.create_bucket({recipe.name, recipe.region.empty() ? settings_.region : recipe.region, made_at});
    for (const auto& one : made_objects(recipe)) {
        const content_ptr bytes = made_content(one.key, one.size, settings_.md5_up_to);
        if (settings_.etags_first) (void)bytes->etag();
        objects_.put(recipe.name, one.key, {bytes, made_at, "binary/octet-stream"});
    }
}

time_point service::now() const { return settings_.now ? settings_.now() : system_clock::now(); }

// Sixteen digits that look as if by chance and never come twice.
std::string service::next_request_id() {
    std::uint64_t state = ++request_number_;
    std::array<char, 20> text{};
    std::snprintf(text.data(), text.size(), "%016llX", static_cast<unsigned long long>(next_number(state)));
    return text.data();
}

statistics service::stats() const {
    statistics result = counts_.seen();
    result.faults = faults_.played();
    return result;
}

answer service::handle(request& received) {
    const route where = route_of(received);
    if (where.what == operation::control) return control(received);
    counts_.request(where.what);
    const bool head = received.method == "HEAD";
    const std::string request_id = next_request_id();
    answer result;
    try {
        result = s3_answer(received, where, request_id);
    } catch (const refusal& error) {
        counts_.error(error.code);
        result = refused(error, where, request_id);
        if (head) result.text.clear();
    }
    result.without_body = head || result.status == 204 || result.status == 304;
    result.headers.push_back({"x-amz-request-id", request_id});
    return result;
}

answer service::refused(const refusal& error, const route& where, const std::string& request_id) {
    refusal told = error;
    const bool sts = where.what == operation::assume_role;
    if (sts && told.code == "InvalidAccessKeyId") told.code = "InvalidClientTokenId";
    answer result = xml_answer(error_xml(told, request_id, sts), told.status);
    result.headers.insert(result.headers.end(), told.headers.begin(), told.headers.end());
    return result;
}

answer service::s3_answer(request& received, const route& where, const std::string& request_id) {
    const time_point when = now();
    const signed_scope signature = verify_signature(received, keys_, when);
    const std::string_view service_name = where.what == operation::assume_role ? "sts" : "s3";
    if (signature.service != service_name) {
        throw refusal("AuthorizationHeaderMalformed",
                      "The authorization header is malformed; incorrect service \"" + signature.service +
                          "\". This endpoint belongs to \"" + std::string(service_name) + "\".");
    }
    if (service_name == "s3") check_region(signature, where);
    const call from{received, where, signature, settings_, when, request_id, objects_, keys_};
    const auto played = faults_.next(where);
    return played ? with_fault(*played, from) : served(from);
}

// One endpoint stands for all regions: a request signed for the bucket's region is served. One signed for the server's
// is told where to go, and any other is signed for the wrong region.
void service::check_region(const signed_scope& signature, const route& where) const {
    const auto bucket = where.bucket.empty() ? std::nullopt : objects_.find_bucket(where.bucket);
    const std::string& right = bucket ? bucket->region : settings_.region;
    if (signature.region == right) return;
    if (signature.region == settings_.region) throw redirect(where, right);
    refusal error("AuthorizationHeaderMalformed",
                  "The authorization header is malformed; the region '" + signature.region +
                      "' is wrong; expecting '" + right + "'",
                  {{"Region", right}});
    error.headers.push_back({"x-amz-bucket-region", right});
    throw error;
}

refusal service::redirect(const route& where, const std::string& region) const {
    refusal error(
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send "
        "all future requests to this endpoint.",
        {{"Bucket", where.bucket}, {"Region", region}, {"Endpoint", "s3." + region + ".amazonaws.com"}});
    error.headers.push_back({"x-amz-bucket-region", region});
    return error;
}

void service::expire(const signed_scope& signature) {
    expire_tokens();
    const auto key = keys_.find(signature.access_key_id);
    if (key && key->expires) throw refusal("ExpiredToken", "The provided token has expired.");
}

answer service::with_fault(const fault& what, const call& from) {
    switch (what.action) {
        case fault_action::error:
            throw refusal_of(what);
        case fault_action::redirect:
            throw redirect(from.where, what.code);
        case fault_action::copy_error:
            return xml_answer(error_xml({what.code, "We encountered an internal error. Please try again."},
                                        from.request_id, false));
        case fault_action::html:
            return text_answer(what.status, "text/html",
                               "<!DOCTYPE html>\n<html><body><p>Proxy login<br></body></html>\n");
        case fault_action::expire:
            expire(from.signature);
            return served(from);
        default:
            break;
    }
    answer result = served(from);
    if (what.action == fault_action::no_token) {
        take_token_away(result.text);
    } else {
        result.played = what;
    }
    return result;
}

answer service::control(const request& received) try {
    if (received.method == "GET" && received.path() == "/-/stats") {
        return text_answer(200, "application/json", to_json(stats()));
    }
    if (received.method == "POST" && received.path() == "/-/faults") {
        add_fault(trimmed(received.body));
        return text_answer(200, "text/plain", "");
    }
    if (received.method == "POST" && received.path() == "/-/expire-tokens") {
        expire_tokens();
        return text_answer(200, "text/plain", "");
    }
    return text_answer(404, "text/plain", "GET /-/stats, POST /-/faults, POST /-/expire-tokens\n");
} catch (const std::invalid_argument& error) {
    return text_answer(400, "text/plain", std::string(error.what()) + "\n");
}

}  // namespace s3_server

// SPDX-License-Identifier: MIT
#include "client/sender.hpp"

#include "client/digest.hpp"
#include "client/endpoint.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace s3 {
namespace {

// A bucket may move once while we ask; more is a loop.
constexpr int most_redirects = 2;
// Fresh credentials may be old already when they are fetched for others; more is a server that refuses all.
constexpr int most_renewals = 2;
constexpr std::size_t longest_message = 400;
constexpr std::size_t longest_region = 80;

bool means_expired(const std::string& code) {
    static constexpr std::array<std::string_view, 3> codes{"ExpiredToken", "ExpiredTokenException",
                                                           "TokenRefreshRequired"};
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// Statuses and codes that may name the right region. (A HEAD has no body to hold a code.)
bool may_redirect(int status, const std::string& code) {
    if (status == 301 || status == 307) return true;
    if (status != 400 && status != 403) return false;
    return code.empty() || code == "AuthorizationHeaderMalformed" || code == "IncorrectEndpoint";
}

std::string region_named(const http_response& answer, const server_error& error) {
    const std::string_view named = header(answer.headers, "x-amz-bucket-region");
    if (!named.empty()) return std::string(named);
    if (!error.region.empty()) return error.region;
    if (!error.endpoint.empty()) return region_in(error.endpoint);
    return region_in(header(answer.headers, "location"));
}

std::string request_id_of(const http_response& answer, const server_error& error) {
    if (!error.request_id.empty()) return error.request_id;
    const std::string_view s3_id = header(answer.headers, "x-amz-request-id");
    return std::string(s3_id.empty() ? header(answer.headers, "x-amzn-requestid") : s3_id);
}

std::string clocks(const http_response& answer, const server_error& error) {
    const std::string_view date = header(answer.headers, "date");
    const std::string theirs = error.server_time.empty() ? std::string(date) : error.server_time;
    return "the clocks differ too much: this machine's says " + amz_date(std::chrono::system_clock::now()) +
           ", the server's " + (theirs.empty() ? "something else" : theirs) + "; set this machine's clock";
}

std::string elsewhere(const http_response& answer, const server_error& error) {
    const std::string where =
        error.endpoint.empty() ? std::string(header(answer.headers, "location")) : error.endpoint;
    if (where.empty()) return "the bucket is elsewhere, and the server does not say where";
    return "the bucket is at " + where + ": name that endpoint or its region";
}

void replace_all(std::string& text, const std::string& secret) {
    if (secret.size() < 4) return;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
        text.replace(at, secret.size(), "***");
}

// Says what the stream met as an error of the operation; everything else is the caller's own exception.
void rethrow_for(const sender& from, const operation& what, const http_response& answer) {
    try {
        std::rethrow_exception(answer.error);
    } catch (const download_problem& problem) {
        throw from.error_for(what, answer, problem.what());
    }
}

}  // namespace

sender::sender(client_settings settings, credentials keys, transport& way)
    : settings_(std::move(settings)), keys_(std::move(keys)), way_(way) {
    (void)place_of(settings_, settings_.region, "", "");
    (void)place_of_sts(settings_);
}

task<http_response> sender::send(operation what) {
    retry_policy policy(settings_);
    int redirects = 0;
    int renewals = 0;
    bool repeated = false;
    what.payload_hash = sha256_hex(what.body);
    for (;;) {
        http_exchange exchange(way_, request_for(what));
        http_response answer = co_await exchange;
        verdict ended = judge(what, answer);
        ended.repeated = repeated || answer.resent;
        if (ended.good) co_return answer;
        if (answer.error) rethrow_for(*this, what, answer);
        if (redirects < most_redirects && learn_region(what, answer, ended)) {
            ++redirects;
            ++counters_.redirects;
            continue;
        }
        if (renewals < most_renewals && renew_keys(what, ended)) {
            ++renewals;
            continue;
        }
        const auto wait = policy.wait_after(ended.ended);
        if (!wait || (what.stream && !what.stream->can_go_on())) fail(what, answer, ended, policy.attempts());
        repeated = true;
        ++counters_.retries;
        if (*wait == wait->zero()) continue;
        pause_for rest(way_, *wait);
        co_await rest;
    }
}

http_request sender::request_for(operation& what) {
    ++counters_.requests;
    http_request request;
    request.method = what.method;
    request.body = what.body;
    request.connect_timeout = settings_.connect_timeout;
    request.stall_timeout = settings_.stall_timeout;
    request.ca_bundle = settings_.ca_bundle;
    request.cleanup = what.cleanup;
    request.before_send = [this, &what](http_request& ready) { address_and_sign(what, ready); };
    if (what.stream) {
        what.stream->begin_attempt();
        request.sink = [stream = what.stream](const http_response& head, std::span<const std::byte> bytes) {
            stream->take(head, bytes);
        };
    }
    return request;
}

place sender::place_for(const operation& what) const {
    if (what.service == "s3") return place_of(settings_, what.region, what.bucket, what.key);
    return what.service == "sts" ? place_of_sts(settings_) : place_of_service(settings_, what.service);
}

void sender::address_and_sign(operation& what, http_request& request) const {
    what.region = region_of(what);
    const std::string& region = what.region;
    const place where = place_for(what);
    unsigned_request to_sign{what.method, where.path, what.query, what.headers, what.payload_hash};
    to_sign.headers.emplace_back("host", where.host);
    if (what.service == "s3") to_sign.headers.emplace_back("x-amz-content-sha256", what.payload_hash);
    if (what.stream) {
        const header_list more = what.stream->next_headers();
        to_sign.headers.insert(to_sign.headers.end(), more.begin(), more.end());
    }
    const signing_scope scope{region, what.service, std::chrono::system_clock::now()};
    what.keys = keys_;
    const header_list added = signature_headers(to_sign, keys_, scope);
    request.headers = std::move(to_sign.headers);
    request.headers.insert(request.headers.end(), added.begin(), added.end());
    const std::string query = query_text(what.query);
    request.url = where.origin + where.path + (query.empty() ? "" : "?" + query);
}

sender::verdict sender::judge(const operation& what, http_response& answer) const {
    verdict result;
    const bool well = answer.status / 100 == 2;
    if (answer.failure == http_failure::none && well && what.stream) {
        try {
            if (!what.stream->whole(answer)) {
                answer.failure = http_failure::truncated;
                answer.failure_text = "the body ended early";
            }
        } catch (...) {
            answer.error = std::current_exception();
            return result;
        }
    }
    if (!well || what.answers_xml) result.error = server_error_in(answer.body).value_or(server_error());
    result.good = answer.failure == http_failure::none && well && result.error.code.empty();
    result.ended = {answer.status, result.error.code, answer.failure, retry_after(answer.headers)};
    return result;
}

bool sender::learn_region(const operation& what, const http_response& answer, const verdict& ended) {
    if (what.bucket.empty() || answer.failure != http_failure::none) return false;
    if (!may_redirect(answer.status, ended.error.code)) return false;
    const std::string region = region_named(answer, ended.error);
    // Another operation may have learned the region while this one was on its way with the old one.
    if (region.empty()) return region_of(what) != what.region;
    if (region == what.region) return false;
    if (!is_region(region)) {
        throw error_for(what, answer, "the server names '" + region.substr(0, longest_region) + "' as the bucket's region");
    }
    regions_[what.bucket] = region;
    return true;
}

bool sender::renew_keys(const operation& what, const verdict& ended) {
    if (!renew_ || !what.renews || !means_expired(ended.error.code)) return false;
    if (keys_ != what.keys) return true;  // another operation was refused earlier
    std::optional<credentials> fresh = renew_(what.keys);
    if (!fresh || *fresh == what.keys) return false;
    keys_ = std::move(*fresh);
    return true;
}

std::string sender::region_of(const operation& what) const {
    const auto found = regions_.find(what.bucket);
    return found == regions_.end() ? settings_.region : found->second;
}

s3_error sender::error_for(const operation& what, const http_response& answer, std::string sentence) const {
    return s3_error({what.label, what.bucket, what.key, answer.status, "", request_id_of(answer, {}),
                     without_secrets(std::move(sentence), what.keys)});
}

void sender::fail(const operation& what, const http_response& answer, const verdict& ended,
                  int attempts) const {
    std::string sentence = sentence_for(answer, ended);
    if (attempts > 1) sentence += "; given up after " + std::to_string(attempts) + " attempts";
    error_details details{what.label,
                          what.bucket,
                          what.key,
                          answer.status,
                          ended.error.code,
                          request_id_of(answer, ended.error),
                          without_secrets(std::move(sentence), what.keys),
                          ended.repeated};
    if (answer.failure == http_failure::stopped) throw stopped(std::move(details));
    if (means_expired(ended.error.code)) throw token_expired(std::move(details));
    if (answer.failure == http_failure::none && answer.status == 404) throw not_found(std::move(details));
    throw s3_error(std::move(details));
}

std::string sender::sentence_for(const http_response& answer, const verdict& ended) const {
    const server_error& error = ended.error;
    if (answer.failure == http_failure::certificate) {
        return "the server's certificate is not to be trusted: " + answer.failure_text;
    }
    if (answer.failure != http_failure::none) return answer.failure_text;
    if (error.code == "RequestTimeTooSkewed") return clocks(answer, error);
    if (error.code == "SignatureDoesNotMatch") {
        return "the secret access key does not fit the access key id, or something on the way changes "
               "requests";
    }
    if (error.code == "InvalidAccessKeyId") return "the server does not know this access key id";
    if (means_expired(error.code)) return "the session's token has expired";
    if (answer.status == 412) return "the object was changed while it was read";
    if (answer.status == 301 || answer.status == 307) return elsewhere(answer, error);
    if (!error.message.empty()) return error.message.substr(0, longest_message);
    if (answer.status == 404) return "there is no such object or bucket";
    return answer.body.empty() || !error.code.empty() ? ""
                                                      : "the server answered with " + described(answer.body);
}

// A server may repeat in its message what it was sent.
std::string sender::without_secrets(std::string text, const credentials& used) const {
    for (const credentials* const keys : {&keys_, &used}) {
        replace_all(text, keys->secret_access_key);
        replace_all(text, keys->session_token);
    }
    return text;
}

}  // namespace s3

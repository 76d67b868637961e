// SPDX-License-Identifier: MIT
#include "client/download.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace s3 {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

struct content_range {
    std::uint64_t first;
    std::uint64_t last;
    std::uint64_t total;
};

// "bytes 0-9/443"
content_range range_in(const header_list& headers) {
    std::string_view text = header(headers, "content-range");
    const auto dash = text.find('-');
    const auto slash = text.find('/');
    if (text.rfind("bytes ", 0) == 0 && dash != std::string_view::npos && slash != std::string_view::npos &&
        dash < slash) {
        const auto first = number(text.substr(6, dash - 6));
        const auto last = number(text.substr(dash + 1, slash - dash - 1));
        const auto total = number(text.substr(slash + 1));
        if (first && last && total && *first <= *last && *last < *total) return {*first, *last, *total};
    }
    throw download_problem("the server sent a part of the object without saying which");
}

// S3's own keys (AES256) change nothing; aws:kms and aws:kms:dsse do.
bool has_own_key(const header_list& headers) {
    return header(headers, "x-amz-server-side-encryption").rfind("aws:kms", 0) == 0 ||
           !header(headers, "x-amz-server-side-encryption-customer-algorithm").empty();
}

}  // namespace

object_info info_in(const header_list& headers) {
    return {number(header(headers, "content-length")).value_or(0), std::string(header(headers, "etag")),
            std::string(header(headers, "last-modified")), std::string(header(headers, "content-type")),
            has_own_key(headers)};
}

download::download(byte_sink sink, std::optional<byte_range> range) : sink_(std::move(sink)), range_(range) {}

header_list download::next_headers() const {
    header_list headers;
    if (range_ || delivered_ != 0) {
        const std::string last = range_ && range_->last ? std::to_string(*range_->last) : "";
        headers.emplace_back("range", "bytes=" + std::to_string(next_byte()) + "-" + last);
    }
    if (delivered_ != 0) headers.emplace_back("if-match", info_.etag);
    return headers;
}

void download::begin_attempt() noexcept {
    open_ = false;
    skip_ = 0;
}

void download::take(const http_response& head, std::span<const std::byte> bytes) {
    if (!open_) open(head);
    const auto skipped = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, bytes.size()));
    skip_ -= skipped;
    bytes = bytes.subspan(skipped);
    if (bytes.empty()) return;
    if (expected_ && delivered_ + bytes.size() > *expected_) {
        throw download_problem("the server sent more bytes than it had announced");
    }
    if (sink_) sink_(bytes);
    delivered_ += bytes.size();
}

bool download::whole(const http_response& answer) {
    if (!open_) open(answer);
    return !expected_ || delivered_ == *expected_;
}

void download::open(const http_response& head) {
    delivered_ == 0 ? open_first(head) : open_rest(head);
    open_ = true;
}

void download::open_first(const http_response& head) {
    info_ = info_in(head.headers);
    if (head.status == 206) {
        const content_range part = range_in(head.headers);
        if (!range_ || part.first != range_->first)
            throw download_problem("the server sent another part than asked for");
        expected_ = part.last - part.first + 1;
        info_.size = part.total;
        return;
    }
    if (range_) throw download_problem("the server sent the whole object although a part was asked for");
    expected_ = number(header(head.headers, "content-length"));
}

void download::open_rest(const http_response& head) {
    const std::string_view etag = header(head.headers, "etag");
    if (!etag.empty() && etag != info_.etag)
        throw download_problem("the object was changed while it was read");
    if (head.status == 206) {
        const content_range part = range_in(head.headers);
        if (part.first != next_byte()) throw download_problem("the server sent another part than asked for");
    } else {
        if (range_) throw download_problem("the server sent the whole object although a part was asked for");
        skip_ = delivered_;  // a server without ranges sends it all again
    }
}

}  // namespace s3

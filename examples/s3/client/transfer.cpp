// SPDX-License-Identifier: MIT
#include "client/transfer.hpp"

#include "client/curl_failure.hpp"
#include "client/encode.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <new>
#include <stdexcept>

namespace s3 {
namespace {

constexpr long buffer_size = 256 * 1024;
constexpr long longest_cleanup = 5000;  // ms
// Answers that are collected rather than given to a sink are listings and errors: a server that sends more is broken.
constexpr std::size_t longest_collected = 64 * 1024 * 1024;

void initialize_curl() {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (once != CURLE_OK) throw std::runtime_error("libcurl cannot be initialized");
}

template <class T>
void set(CURL* handle, CURLoption option, T value) {
    const CURLcode code = curl_easy_setopt(handle, option, value);
    if (code != CURLE_OK)
        throw std::runtime_error(std::string("libcurl refuses a setting: ") + curl_easy_strerror(code));
}

bool loopback(const std::string& url) {
    return url.rfind("http://127.", 0) == 0 || url.rfind("http://localhost", 0) == 0 ||
           url.rfind("http://[::1]", 0) == 0;
}

// libcurl counts a stall in whole seconds.
long whole_seconds(std::chrono::milliseconds time) {
    return std::max(1L, static_cast<long>(std::chrono::ceil<std::chrono::seconds>(time).count()));
}

// Behind a line end another header would begin, and perhaps another request. The value may be a secret.
void check_header(const std::string& name, const std::string& value) {
    static constexpr std::string_view ends("\r\n\0", 3);
    if (name.find_first_of(ends) != std::string::npos || value.find_first_of(ends) != std::string::npos)
        throw std::invalid_argument("not sent: the header '" + name.substr(0, name.find_first_of(ends)) +
                                    "' holds a line end");
}

}  // namespace

transfer::transfer(stop_check stop) : stop_(std::move(stop)) {
    initialize_curl();
    handle_.reset(curl_easy_init());
    if (handle_ == nullptr) throw std::bad_alloc();
}

void transfer::prepare(http_request request) {
    request_ = std::move(request);
    response_ = {};
    sent_ = 0;
    error_text_[0] = '\0';
    if (request_.before_send) request_.before_send(request_);
    curl_easy_reset(handle());  // connections stay
    set_way();
    set_body();
    set_headers();
}

void transfer::set_way() {
    set(handle(), CURLOPT_URL, request_.url.c_str());
    set(handle(), CURLOPT_PATH_AS_IS, 1L);
    set(handle(), CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(handle(), CURLOPT_NOSIGNAL, 1L);
    set(handle(), CURLOPT_USERAGENT, "penstock-s3");
    set(handle(), CURLOPT_BUFFERSIZE, buffer_size);
    set(handle(), CURLOPT_ERRORBUFFER, error_text_.data());
    set(handle(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count()));
    set(handle(), CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(handle(), CURLOPT_LOW_SPEED_TIME, whole_seconds(request_.stall_timeout));
    set(handle(), CURLOPT_HEADERFUNCTION, &transfer::on_header);
    set(handle(), CURLOPT_HEADERDATA, this);
    set(handle(), CURLOPT_WRITEFUNCTION, &transfer::on_body);
    set(handle(), CURLOPT_WRITEDATA, this);
    if (!request_.ca_bundle.empty()) set(handle(), CURLOPT_CAINFO, request_.ca_bundle.c_str());
    if (loopback(request_.url)) set(handle(), CURLOPT_PROXY, "");
    if (request_.cleanup) set(handle(), CURLOPT_TIMEOUT_MS, longest_cleanup);
    if (!stop_ || request_.cleanup) return;
    set(handle(), CURLOPT_NOPROGRESS, 0L);
    set(handle(), CURLOPT_XFERINFOFUNCTION, &transfer::on_progress);
    set(handle(), CURLOPT_XFERINFODATA, this);
}

void transfer::set_body() {
    const auto size = static_cast<curl_off_t>(request_.body.size());
    if (request_.method == "HEAD") {
        set(handle(), CURLOPT_NOBODY, 1L);
    } else if (request_.method == "PUT") {
        set(handle(), CURLOPT_UPLOAD, 1L);
        set(handle(), CURLOPT_INFILESIZE_LARGE, size);
        set(handle(), CURLOPT_UPLOAD_BUFFERSIZE, buffer_size);
    } else if (request_.method == "POST") {
        set(handle(), CURLOPT_POST, 1L);
        set(handle(), CURLOPT_POSTFIELDSIZE_LARGE, size);
    } else if (request_.method != "GET") {
        set(handle(), CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    }
    set(handle(), CURLOPT_READFUNCTION, &transfer::on_read);
    set(handle(), CURLOPT_READDATA, this);
    set(handle(), CURLOPT_SEEKFUNCTION, &transfer::on_seek);
    set(handle(), CURLOPT_SEEKDATA, this);
}

void transfer::set_headers() {
    header_lines_.reset();
    const auto add = [this](const std::string& line) {
        curl_slist* const longer = curl_slist_append(header_lines_.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        (void)header_lines_.release();
        header_lines_.reset(longer);
    };
    // A body is sent at once: many servers know no 100-continue, and libcurl would wait a second for it.
    add("Expect:");
    for (const auto& [name, value] : request_.headers) {
        check_header(name, value);
        add(name + ": " + value);
    }
    set(handle(), CURLOPT_HTTPHEADER, header_lines_.get());
}

http_response transfer::finish(CURLcode code) {
    long connections = 0;
    curl_easy_getinfo(handle(), CURLINFO_NUM_CONNECTS, &connections);
    response_.failure =
        response_.error ? http_failure::sink : failure_of(code, response_.status, connections);
    if (response_.failure != http_failure::none) {
        response_.failure_text = error_text_[0] != '\0' ? error_text_.data() : curl_easy_strerror(code);
    }
    request_ = {};
    return std::move(response_);
}

std::size_t transfer::on_header(char* text, std::size_t one, std::size_t count, void* self) {
    auto& me = *static_cast<transfer*>(self);
    try {
        me.take_header({text, one * count});
        return one * count;
    } catch (...) {
        me.response_.error = std::current_exception();
        return 0;
    }
}

// The lines of an interim answer (100) are dropped when the next one begins.
void transfer::take_header(std::string_view line) {
    if (line.rfind("HTTP/", 0) == 0) {
        response_.headers.clear();
        const auto blank = line.find(' ');
        if (blank != std::string_view::npos) {
            std::from_chars(line.data() + blank + 1, line.data() + line.size(), response_.status);
        }
        return;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    response_.headers.emplace_back(without_blanks(line.substr(0, colon)),
                                   without_blanks(line.substr(colon + 1)));
}

std::size_t transfer::on_body(char* bytes, std::size_t one, std::size_t count, void* self) {
    auto& me = *static_cast<transfer*>(self);
    try {
        me.take_body(std::as_bytes(std::span(bytes, one * count)));
        return one * count;
    } catch (...) {
        me.response_.error = std::current_exception();
        return 0;
    }
}

void transfer::take_body(std::span<const std::byte> bytes) {
    if (request_.sink && response_.status / 100 == 2) return request_.sink(response_, bytes);
    if (response_.body.size() + bytes.size() > longest_collected) {
        throw std::runtime_error("the server's answer is longer than 64 MiB");
    }
    response_.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::size_t transfer::on_read(char* into, std::size_t one, std::size_t count, void* self) {
    auto& me = *static_cast<transfer*>(self);
    try {
        const std::uint64_t rest = me.request_.body.size() - me.sent_;
        const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(rest, one * count));
        if (room == 0) return 0;
        const auto bytes = std::as_writable_bytes(std::span(into, room));
        const std::size_t got = me.request_.body.read(me.sent_, bytes);
        if (got == 0) throw std::runtime_error("the source of a request's body ended early");
        me.sent_ += got;
        return got;
    } catch (...) {
        me.response_.error = std::current_exception();
        return CURL_READFUNC_ABORT;
    }
}

// libcurl rewinds a body that it has to send again.
int transfer::on_seek(void* self, curl_off_t offset, int origin) {
    if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
    auto& me = *static_cast<transfer*>(self);
    if (me.sent_ != 0) me.response_.resent = true;
    me.sent_ = static_cast<std::uint64_t>(offset);
    return CURL_SEEKFUNC_OK;
}

int transfer::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<transfer*>(self)->stop_() ? 1 : 0;
}

http_response stopped_response() {
    http_response response;
    response.failure = http_failure::stopped;
    response.failure_text = "stopped";
    return response;
}

http_response failed_response(std::exception_ptr error) {
    http_response response;
    response.failure = http_failure::sink;
    response.error = std::move(error);
    return response;
}

}  // namespace s3

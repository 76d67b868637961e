// SPDX-License-Identifier: MIT
// libcurl's multi interface with a single request in it: unlike the easy one it waits for a descriptor of ours as well.
#include "runtime/runtime_client.hpp"

#include <curl/curl.h>
#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace lambda {
namespace {

constexpr int container_error = 500;  // "Runtime should exit promptly."

void check(bool good, const char* what) {
    if (!good) throw std::runtime_error(std::string("libcurl cannot ") + what);
}

struct end_easy {
    void operator()(CURL* one) const { curl_easy_cleanup(one); }
};
struct end_multi {
    void operator()(CURLM* one) const { curl_multi_cleanup(one); }
};
struct end_list {
    void operator()(curl_slist* one) const { curl_slist_free_all(one); }
};

struct answer {
    int status = 0;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;

    [[nodiscard]] std::string header(const char* name) const {
        for (const auto& [key, value] : headers) {
            if (::strcasecmp(key.c_str(), name) == 0) return value;
        }
        return {};
    }
};

std::size_t take_body(char* data, std::size_t, std::size_t size, void* into) {
    static_cast<answer*>(into)->body.append(data, size);
    return size;
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* into) {
    const std::string line(data, size);
    const auto colon = line.find(':');
    if (colon != line.npos) {
        const auto begin = line.find_first_not_of(" \t", colon + 1);
        const auto end = line.find_last_not_of(" \t\r\n");
        const bool empty = begin == line.npos || end == line.npos || end < begin;
        static_cast<answer*>(into)->headers.emplace_back(line.substr(0, colon),
                                                         empty ? "" : line.substr(begin, end - begin + 1));
    }
    return size;
}

// A day from now at most, which is more than Lambda gives: sums with it do not overflow.
void read_deadline(const std::string& text, invocation& into) {
    using clock = std::chrono::system_clock;
    std::int64_t count = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, count);
    if (read.ec == std::errc::invalid_argument || read.ptr != end) {
        into.problem = "the Runtime API's Lambda-Runtime-Deadline-Ms is no number: '" + text + "'";
        return;
    }
    const auto latest = std::chrono::floor<std::chrono::milliseconds>(clock::now() + std::chrono::hours(24));
    if (read.ec == std::errc::result_out_of_range)
        count = text.front() == '-' ? 0 : latest.time_since_epoch().count();
    into.deadline = clock::time_point(
        std::chrono::milliseconds(std::clamp<std::int64_t>(count, 0, latest.time_since_epoch().count())));
}

}  // namespace

class runtime_client::impl {
public:
    impl(const std::string& address, const stop_signal& stop)
        : base_("http://" + address + "/2018-06-01/runtime/"), stop_(stop) {
        check(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK, "be initialised");
        multi_.reset(curl_multi_init());
        easy_.reset(curl_easy_init());
        check(multi_ && easy_, "make a handle");
    }

    answer get(const std::string& path, bool* stopped) {
        begin(path);
        curl_easy_setopt(easy_.get(), CURLOPT_HTTPGET, 1L);
        return perform(stopped);
    }

    answer post(const std::string& path, const std::string& body, const std::string& error_type) {
        begin(path);
        std::unique_ptr<curl_slist, end_list> headers(
            curl_slist_append(nullptr, "Content-Type: application/json"));
        curl_slist_append(headers.get(), "Expect:");
        if (!error_type.empty())
            curl_slist_append(headers.get(), ("Lambda-Runtime-Function-Error-Type: " + error_type).c_str());
        curl_easy_setopt(easy_.get(), CURLOPT_HTTPHEADER, headers.get());
        curl_easy_setopt(easy_.get(), CURLOPT_POSTFIELDS, body.data());
        curl_easy_setopt(easy_.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
        return perform(nullptr);
    }

private:
    void begin(const std::string& path) {
        curl_easy_reset(easy_.get());
        url_ = base_ + path;
        curl_easy_setopt(easy_.get(), CURLOPT_URL, url_.c_str());
        curl_easy_setopt(easy_.get(), CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(easy_.get(), CURLOPT_PROXY, "");
        curl_easy_setopt(easy_.get(), CURLOPT_WRITEFUNCTION, take_body);
        curl_easy_setopt(easy_.get(), CURLOPT_HEADERFUNCTION, take_header);
    }

    // No limit of time: for `next` Lambda wants none, and after everything else it kills who is late.
    answer perform(bool* stopped) {
        answer result;
        curl_easy_setopt(easy_.get(), CURLOPT_WRITEDATA, &result);
        curl_easy_setopt(easy_.get(), CURLOPT_HEADERDATA, &result);
        check(curl_multi_add_handle(multi_.get(), easy_.get()) == CURLM_OK, "begin a request");
        const CURLcode ended = run(stopped);
        curl_multi_remove_handle(multi_.get(), easy_.get());
        if (stopped != nullptr && *stopped) return result;
        if (ended != CURLE_OK)
            throw std::runtime_error("the Runtime API at " + url_ +
                                     " is not to be reached: " + curl_easy_strerror(ended));
        long status = 0;
        curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
        result.status = static_cast<int>(status);
        if (status == container_error)
            throw std::runtime_error("the Runtime API answered " + url_ + " with status 500: " + result.body);
        return result;
    }

    CURLcode run(bool* stopped) {
        for (;;) {
            int running = 0;
            check(curl_multi_perform(multi_.get(), &running) == CURLM_OK, "go on with a request");
            if (running == 0) break;
            curl_waitfd extra{stop_.descriptor(), CURL_WAIT_POLLIN, 0};
            const unsigned extras = stopped != nullptr ? 1 : 0;
            check(curl_multi_poll(multi_.get(), &extra, extras, std::numeric_limits<int>::max(), nullptr) ==
                      CURLM_OK,
                  "wait");
            if (stopped != nullptr && (*stopped = stop_.requested())) return CURLE_OK;
        }
        int left = 0;
        const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left);
        return message != nullptr ? message->data.result : CURLE_RECV_ERROR;
    }

    std::string base_;
    const stop_signal& stop_;
    std::unique_ptr<CURLM, end_multi> multi_;
    std::unique_ptr<CURL, end_easy> easy_;
    std::string url_;
};

runtime_client::runtime_client(const std::string& address, const stop_signal& stop)
    : impl_(std::make_unique<impl>(address, stop)) {}
runtime_client::~runtime_client() = default;

std::optional<invocation> runtime_client::next() {
    bool stopped = false;
    answer event = impl_->get("invocation/next", &stopped);
    if (stopped) return std::nullopt;
    if (event.status != 200)
        throw std::runtime_error("the Runtime API answered a request for the next event with status " +
                                 std::to_string(event.status) + ": " + event.body);
    invocation call{event.header("Lambda-Runtime-Aws-Request-Id"),
                    std::move(event.body),
                    {},
                    event.header("Lambda-Runtime-Invoked-Function-Arn"),
                    event.header("Lambda-Runtime-Trace-Id"),
                    {}};
    if (call.id.empty())
        throw std::runtime_error(
            "the Runtime API's event has no Lambda-Runtime-Aws-Request-Id: there is no "
            "invocation that could be answered");
    read_deadline(event.header("Lambda-Runtime-Deadline-Ms"), call);
    return call;
}

receipt runtime_client::respond(const std::string& id, const std::string& body) {
    if (body.size() > most_response_bytes) {
        return report(id, {"the response has " + std::to_string(body.size()) + " bytes, and Lambda takes " +
                               std::to_string(most_response_bytes) +
                               " at most: put it into a bucket and answer with its name",
                           "Function.ResponseSizeTooLarge",
                           "Function.ResponseSizeTooLarge",
                           {}});
    }
    answer said = impl_->post("invocation/" + id + "/response", body, {});
    return {said.status, std::move(said.body)};
}

receipt runtime_client::report(const std::string& id, const failure& what) {
    answer said = impl_->post("invocation/" + id + "/error", json_text(what), what.category);
    return {said.status, std::move(said.body)};
}

receipt runtime_client::report_init(const failure& what) {
    answer said = impl_->post("init/error", json_text(what), what.category);
    return {said.status, std::move(said.body)};
}

}  // namespace lambda

// SPDX-License-Identifier: MIT
// One libcurl handle and the request that it is busy with: the part that both transports share. One thread at a time.
#pragma once

#include "client/http.hpp"
#include "client/transport.hpp"

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <memory>

namespace s3 {

class transfer {
public:
    // The stop check, if any, is asked while the handle runs.
    explicit transfer(stop_check stop = {});
    transfer(const transfer&) = delete;
    transfer& operator=(const transfer&) = delete;

    // Makes the handle ready to perform. Throws what before_send throws.
    void prepare(http_request request);
    // After libcurl ended the exchange with `code`.
    [[nodiscard]] http_response finish(CURLcode code);

    [[nodiscard]] bool is_cleanup() const noexcept { return request_.cleanup; }
    [[nodiscard]] CURL* handle() const noexcept { return handle_.get(); }

private:
    struct free_handle {
        void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    };
    struct free_list {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    void set_way();
    void set_body();
    void set_headers();

    static std::size_t on_header(char* text, std::size_t one, std::size_t count, void* self);
    static std::size_t on_body(char* bytes, std::size_t one, std::size_t count, void* self);
    static std::size_t on_read(char* into, std::size_t one, std::size_t count, void* self);
    static int on_seek(void* self, curl_off_t offset, int origin);
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
    void take_header(std::string_view line);
    void take_body(std::span<const std::byte> bytes);

    stop_check stop_;
    std::unique_ptr<CURL, free_handle> handle_;
    std::unique_ptr<curl_slist, free_list> header_lines_;
    std::array<char, CURL_ERROR_SIZE> error_text_{};
    http_request request_;
    http_response response_;
    std::uint64_t sent_ = 0;
};

// The answer to a request that was not sent because of a stop, or because making it ready threw.
[[nodiscard]] http_response stopped_response();
[[nodiscard]] http_response failed_response(std::exception_ptr error);

}  // namespace s3

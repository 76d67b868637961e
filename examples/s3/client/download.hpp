// SPDX-License-Identifier: MIT
// The state of one GET over all its attempts: how far it has come, and what to ask for next. One thread at a time.
#pragma once

#include "client/http.hpp"
#include "client/objects.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>

namespace s3 {

// The server's answers do not fit together; repeating would not help.
class download_problem : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class download {
public:
    download(byte_sink sink, std::optional<byte_range> range);

    // Range and If-Match of the next attempt; none for a whole object from its beginning.
    [[nodiscard]] header_list next_headers() const;
    void begin_attempt() noexcept;
    // A piece of a 2xx answer. Throws download_problem, and what the sink throws.
    void take(const http_response& head, std::span<const std::byte> bytes);
    // After a 2xx answer has ended, whether the object is whole.
    [[nodiscard]] bool whole(const http_response& answer);

    // Without an ETag nobody knows whether the rest would be of the same object.
    [[nodiscard]] bool can_go_on() const noexcept { return delivered_ == 0 || !info_.etag.empty(); }
    [[nodiscard]] std::uint64_t delivered() const noexcept { return delivered_; }
    [[nodiscard]] const object_info& info() const noexcept { return info_; }

private:
    void open(const http_response& head);
    void open_first(const http_response& head);
    void open_rest(const http_response& head);
    [[nodiscard]] std::uint64_t next_byte() const noexcept {
        return (range_ ? range_->first : 0) + delivered_;
    }

    byte_sink sink_;
    std::optional<byte_range> range_;
    object_info info_;
    std::optional<std::uint64_t> expected_;
    std::uint64_t delivered_ = 0;
    std::uint64_t skip_ = 0;
    bool open_ = false;
};

// What the headers of a GET or HEAD say.
[[nodiscard]] object_info info_in(const header_list& headers);

}  // namespace s3

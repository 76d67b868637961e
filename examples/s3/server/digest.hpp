// SPDX-License-Identifier: MIT
// SHA-256, MD5 and HMAC-SHA-256 as raw bytes. The functions may be called from any thread; a `digest` belongs to one.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace s3_server {

class digest {
public:
    enum class kind { md5, sha256 };

    explicit digest(kind what);
    ~digest();
    digest(const digest&) = delete;
    digest& operator=(const digest&) = delete;

    digest& add(std::string_view bytes);
    digest& add(std::span<const std::byte> bytes);
    [[nodiscard]] std::string finish();  // Afterwards it can be used for another text.

private:
    void begin();

    kind kind_;
    evp_md_ctx_st* context_;
};

[[nodiscard]] std::string sha256(std::string_view text);
[[nodiscard]] std::string md5(std::string_view text);
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace s3_server

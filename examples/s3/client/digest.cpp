// SPDX-License-Identifier: MIT
#include "client/digest.hpp"

#include "client/encode.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <memory>
#include <stdexcept>
#include <vector>

namespace s3 {
namespace {

void check(bool good) {
    if (!good) throw std::runtime_error("OpenSSL failed while computing a SHA-256");
}

// Algorithms are looked up once a process: OpenSSL 3 does that under a lock, and it costs more than a short digest.
const EVP_MD* algorithm() {
    static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    check(found != nullptr);
    return found;
}

EVP_MAC* mac_algorithm() {
    static EVP_MAC* const found = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    check(found != nullptr);
    return found;
}

struct free_context {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

class hasher {
public:
    hasher() : context_(EVP_MD_CTX_new()) {
        check(context_ != nullptr && EVP_DigestInit_ex(context_.get(), algorithm(), nullptr) == 1);
    }
    void add(const void* bytes, std::size_t count) {
        check(EVP_DigestUpdate(context_.get(), bytes, count) == 1);
    }
    digest result() {
        digest value{};
        check(EVP_DigestFinal_ex(context_.get(), value.data(), nullptr) == 1);
        return value;
    }

private:
    std::unique_ptr<EVP_MD_CTX, free_context> context_;
};

EVP_MAC_CTX* mac_context() {
    thread_local const std::unique_ptr<EVP_MAC_CTX, free_context> context(EVP_MAC_CTX_new(mac_algorithm()));
    check(context != nullptr);
    return context.get();
}

}  // namespace

digest sha256(std::string_view text) {
    hasher hash;
    hash.add(text.data(), text.size());
    return hash.result();
}

digest hmac_sha256(std::string_view key, std::string_view text) {
    EVP_MAC_CTX* const context = mac_context();
    char name[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                     OSSL_PARAM_construct_end()};
    static constexpr unsigned char no_key = 0;  // a null key would mean "the one before"
    const auto* const bytes = key.empty() ? &no_key : reinterpret_cast<const unsigned char*>(key.data());
    check(EVP_MAC_init(context, bytes, key.size(), parameters) == 1);
    check(EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1);
    digest value{};
    std::size_t length = 0;
    check(EVP_MAC_final(context, value.data(), &length, value.size()) == 1 && length == value.size());
    return value;
}

std::optional<std::string> md5_hex(std::string_view text) {
    std::array<unsigned char, 16> value{};
    if (EVP_Q_digest(nullptr, "MD5", nullptr, text.data(), text.size(), value.data(), nullptr) != 1)
        return std::nullopt;
    return lower_hex(value);
}

std::string sha256_hex(std::string_view text) { return lower_hex(sha256(text)); }

std::string sha256_hex(const byte_source& body) {
    hasher hash;
    std::vector<std::byte> piece(body.size() == 0 ? 0 : 256 * 1024);
    for (std::uint64_t at = 0; at < body.size();) {
        const std::size_t got = body.read(at, piece);
        if (got == 0) throw std::runtime_error("the source of a request's body ended early");
        hash.add(piece.data(), got);
        at += got;
    }
    return lower_hex(hash.result());
}

}  // namespace s3

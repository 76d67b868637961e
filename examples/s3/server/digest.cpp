// SPDX-License-Identifier: MIT
#include "server/digest.hpp"

#include <openssl/evp.h>
#include <array>
#include <new>
#include <stdexcept>

namespace s3_server {
namespace {

// Looked up once: OpenSSL 3 searches its providers at each use of EVP_sha256() otherwise.
const EVP_MD* method_of(digest::kind what) {
    static const EVP_MD* const sha = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    static const EVP_MD* const md = EVP_MD_fetch(nullptr, "MD5", nullptr);
    return what == digest::kind::sha256 ? sha : md;
}

void check(int result) {
    if (result != 1) throw std::runtime_error("OpenSSL cannot compute a digest");
}

// One for each thread, so that a request makes no context.
digest& sha256_of_this_thread() {
    thread_local digest mine(digest::kind::sha256);
    return mine;
}

}  // namespace

digest::digest(kind what) : kind_(what), context_(EVP_MD_CTX_new()) {
    if (context_ == nullptr) throw std::bad_alloc();
    begin();
}

digest::~digest() { EVP_MD_CTX_free(context_); }

void digest::begin() { check(EVP_DigestInit_ex(context_, method_of(kind_), nullptr)); }

digest& digest::add(std::string_view bytes) {
    check(EVP_DigestUpdate(context_, bytes.data(), bytes.size()));
    return *this;
}

digest& digest::add(std::span<const std::byte> bytes) {
    check(EVP_DigestUpdate(context_, bytes.data(), bytes.size()));
    return *this;
}

std::string digest::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_, value.data(), &size));
    begin();
    return {value.begin(), value.begin() + size};
}

std::string sha256(std::string_view text) { return sha256_of_this_thread().add(text).finish(); }

std::string md5(std::string_view text) { return digest(digest::kind::md5).add(text).finish(); }

// RFC 2104.
std::string hmac_sha256(std::string_view key, std::string_view text) {
    constexpr std::size_t block = 64;
    std::string inner = key.size() > block ? sha256(key) : std::string(key);
    inner.resize(block, '\0');
    std::string outer = inner;
    for (char& one : inner) one = static_cast<char>(one ^ 0x36);
    for (char& one : outer) one = static_cast<char>(one ^ 0x5c);
    auto& hash = sha256_of_this_thread();
    const std::string middle = hash.add(inner).add(text).finish();
    return hash.add(outer).add(middle).finish();
}

}  // namespace s3_server

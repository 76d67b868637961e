// SPDX-License-Identifier: MIT
#include "wire/task_token.hpp"

namespace penstock::wire {

namespace {

std::uint64_t seal_of(std::span<const std::byte> bytes, std::uint64_t key) noexcept {
    std::uint64_t hash = key ^ (bytes.size() * 0x9e3779b97f4a7c15u);
    for (const std::byte byte : bytes) {
        hash = (hash ^ static_cast<std::uint64_t>(byte)) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    return (hash ^ key) * 0xc4ceb9fe1a85ec53u;
}

} // namespace

void encode_token(detail::output_archive& out, const task_token& token, std::uint64_t key) {
    detail::byte_buffer bytes;
    detail::output_archive inner(bytes);
    inner(token);
    out.write_size(bytes.size());
    out.write(bytes.data(), bytes.size());
    out.write_plain(seal_of(bytes.bytes(), key));
}

task_token decode_token(detail::input_archive& in, std::uint64_t key) {
    const std::size_t size = in.read_size();
    const std::span bytes(in.take(size), size);
    if (in.read_plain<std::uint64_t>() != seal_of(bytes, key)) throw detail::archive_error("the seal of a task's name is broken");
    task_token token;
    detail::input_archive inner(bytes);
    inner(token);
    inner.expect_end();
    return token;
}

} // namespace penstock::wire

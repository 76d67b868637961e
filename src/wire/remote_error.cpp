// SPDX-License-Identifier: MIT
// The bytes: one byte with the number of exceptions in the chain, then their records, the innermost first,
// since that is the order in which they can be rebuilt.
#include "wire/remote_error.hpp"

#include "wire/remote_error_record.hpp"

#include <cstdint>
#include <vector>

namespace penstock::wire {
namespace {

constexpr std::size_t max_chain = max_nested_exceptions + 1;

std::vector<exception_record> describe_chain(std::exception_ptr next) {
    std::vector<exception_record> chain; // the outermost first
    do {
        std::exception_ptr nested;
        chain.push_back(describe(next, nested));
        next = std::move(nested);
    } while (next != nullptr && chain.size() < max_chain);
    return chain;
}

std::exception_ptr read_chain(detail::input_archive& archive, const exception_origin& origin) {
    const std::size_t length = archive.read_plain<std::uint8_t>();
    if (length == 0 || length > max_chain)
        throw detail::archive_error("a chain of " + std::to_string(length) + " exceptions is declared");
    std::exception_ptr built;
    for (std::size_t i = 0; i != length; ++i) {
        exception_record record;
        archive(record);
        built = rebuild(record, origin, built);
    }
    archive.expect_end();
    return built;
}

} // namespace

detail::byte_buffer encode_exception(const std::exception_ptr& thrown) {
    const std::vector<exception_record> chain = describe_chain(thrown);
    detail::byte_buffer bytes;
    detail::output_archive archive(bytes);
    archive(static_cast<std::uint8_t>(chain.size()));
    for (auto record = chain.rbegin(); record != chain.rend(); ++record) archive(*record);
    return bytes;
}

std::exception_ptr decode_exception(std::span<const std::byte> bytes, const exception_origin& origin) {
    try {
        detail::input_archive archive(bytes);
        return read_chain(archive, origin);
    } catch (const detail::archive_error& reason) {
        return std::make_exception_ptr(
            payload_error(payload_side::result_decode, "std::exception_ptr", reason.what()));
    }
}

} // namespace penstock::wire

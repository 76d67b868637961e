// SPDX-License-Identifier: MIT
// A chunk is one task that holds several items of a map. Each item is a record of its own, so that one that
// does not encode or decode fails alone:
//
//   arguments := callable label count:u64 record*      callable as in a single call; label := size:u64 bytes
//   result    := count:u64 record* took:i64            nanoseconds the worker spent on it
//   record    := head:u64 body                         head = 2 * size of body + 1 if the item failed
//   body      := the values of the item, or its failure (exception_crossing.hpp)
//
// The arguments 7 and 8 of two calls f(int32): label 0, count 2, then {8} 7 and {8} 8; that is 40 bytes.
// Used by one thread.
#pragma once

#include <penstock/detail/exception_crossing.hpp>

#include <cstdint>
#include <exception>
#include <span>
#include <string_view>
#include <vector>

namespace penstock::detail {

struct item_record {
    bool failed;
    std::span<const std::byte> body;
};
/// Reads a count and that many records, which stay where they lie. Throws archive_error.
std::vector<item_record> read_records(input_archive& in);

/// Appends records to a flat buffer.
class chunk_writer {
public:
    explicit chunk_writer(byte_buffer& flat) noexcept : flat_(flat) {}

    /// Calls encode(archive). If it throws a crossing_failure, that is all that stays of the item.
    template <class Encode>
    void add(const Encode& encode) {
        const std::size_t start = open();
        output_archive out(flat_);
        out.allow_borrowing(true);
        try {
            encode(out);
        } catch (const crossing_failure& failure) {
            return replace(start, failure);
        }
        close(start, out.borrowed());
    }
    void add_failure(const crossing_failure& failure);
    void add_failure(const std::exception_ptr& thrown, std::string_view label);
    /// Passes a record on as it came.
    void add_record(const item_record& record);

    /// What was borrowed, by all records; the values must stay until the bytes are on their way.
    std::vector<borrowed_piece>& borrowed() noexcept { return borrowed_; }

private:
    std::size_t open();
    void close(std::size_t start, const std::vector<borrowed_piece>& borrowed);
    void close_failed(std::size_t start);
    void replace(std::size_t start, const crossing_failure& failure);

    byte_buffer& flat_;
    std::vector<borrowed_piece> borrowed_;
};

}  // namespace penstock::detail

// SPDX-License-Identifier: MIT
// What the task of one chunk of a map returns: an outcome for every item, in order, and the time it took,
// from which the size of later chunks is chosen. A plain value.
#pragma once

#include <penstock/detail/chunk_writer.hpp>
#include <penstock/detail/type_name.hpp>
#include <penstock/outcome.hpp>

#include <chrono>
#include <string_view>
#include <vector>

namespace penstock::detail {

template <class R>
struct chunk_result {
    std::vector<outcome<R>> outcomes;
    std::chrono::nanoseconds took{0};

    /// Reads what remote_chunk wrote. An item that does not decode becomes a failed outcome.
    void load(input_archive& in) {
        const std::vector<item_record> records = read_records(in);
        outcomes.reserve(records.size());
        for (const item_record& record : records) outcomes.push_back(decode(record));
        took = std::chrono::nanoseconds(in.read_plain<std::int64_t>());
    }

private:
    static outcome<R> decode(const item_record& record) {
        if (record.failed) return outcome<R>::failed(decode_failure(record.body));
        try {
            input_archive in(record.body);
            return decode_value(in);
        } catch (...) {
            return outcome<R>::failed(current_payload_error(payload_side::result_decode, type_name<R>()));
        }
    }
    static outcome<R> decode_value(input_archive& in) {
        if constexpr (std::is_void_v<R>) {
            in.expect_end();
            return outcome<R>::of();
        } else {
            R value{};
            in(value);
            in.expect_end();
            return outcome<R>::of(std::move(value));
        }
    }
};

/// What an item ended with, for chunk_result to read; the reply borrows from it. The label is for its remote_info.
template <class R>
void add_outcome(chunk_writer& reply, const outcome<R>& ended, std::string_view label) {
    if (!ended) return reply.add_failure(ended.error(), label);
    reply.add([&]([[maybe_unused]] output_archive& out) {
        try {
            if constexpr (!std::is_void_v<R>) out(ended.value());
        } catch (...) {
            rethrow_as_crossing_failure(payload_side::result_encode, type_name<R>());
        }
    });
}

}  // namespace penstock::detail

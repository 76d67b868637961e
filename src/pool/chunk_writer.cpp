// SPDX-License-Identifier: MIT
#include <penstock/detail/chunk_writer.hpp>

#include <cstring>

namespace penstock::detail {

namespace {

constexpr std::size_t head_size = sizeof(std::uint64_t);

void write_head(byte_buffer& flat, std::size_t start, std::uint64_t size, bool failed) {
    const std::uint64_t head = size * 2 + (failed ? 1 : 0);
    std::memcpy(flat.data() + start, &head, sizeof head);
}

}  // namespace

std::vector<item_record> read_records(input_archive& in) {
    std::vector<item_record> records(in.read_size(head_size));
    for (auto& record : records) {
        const auto head = in.read_plain<std::uint64_t>();
        const auto size = static_cast<std::size_t>(head / 2);
        record = {head % 2 != 0, {in.take(size), size}};
    }
    return records;
}

void chunk_writer::add_failure(const crossing_failure& failure) {
    const std::size_t start = open();
    encode_failure(flat_, failure);
    close_failed(start);
}

void chunk_writer::add_failure(const std::exception_ptr& thrown, std::string_view label) {
    const std::size_t start = open();
    encode_failure(flat_, thrown, label);
    close_failed(start);
}

void chunk_writer::add_record(const item_record& record) {
    const std::size_t start = open();
    flat_.append(record.body.data(), record.body.size());
    write_head(flat_, start, record.body.size(), record.failed);
}

std::size_t chunk_writer::open() {
    const std::size_t start = flat_.size();
    flat_.make_room(head_size);
    flat_.resize_uninitialized(start + head_size);
    return start;
}

void chunk_writer::close(std::size_t start, const std::vector<borrowed_piece>& borrowed) {
    std::uint64_t size = flat_.size() - start - head_size;
    for (const auto& piece : borrowed) size += piece.size;
    borrowed_.insert(borrowed_.end(), borrowed.begin(), borrowed.end());
    write_head(flat_, start, size, false);
}

void chunk_writer::close_failed(std::size_t start) {
    write_head(flat_, start, flat_.size() - start - head_size, true);
}

void chunk_writer::replace(std::size_t start, const crossing_failure& failure) {
    flat_.resize_uninitialized(start + head_size);
    encode_failure(flat_, failure);
    close_failed(start);
}

}  // namespace penstock::detail

// SPDX-License-Identifier: MIT
#include "pool/output_reader.hpp"

#include "os/pipe.hpp"

#include <algorithm>
#include <new>
#include <system_error>
#include <utility>

namespace penstock::pool {

namespace {

constexpr std::size_t piece = 64u << 10;      // what one read takes, as much as a pipe holds by default
constexpr std::size_t longest_line = piece;   // a longer one is delivered in pieces
constexpr std::size_t most_pieces_a_turn = 4; // so that one worker cannot keep the loop to itself
constexpr std::array both{output_stream::standard_output, output_stream::standard_error};

std::size_t bytes_waiting(int fd) noexcept {
    try {
        return os::bytes_readable(fd);
    } catch (const std::system_error&) { // a sandbox that forbids the question
        return piece;
    }
}

captured_line describe(output_stream from, const output_origin& by) {
    captured_line line;
    line.worker = by.worker;
    line.pid = by.pid;
    line.task_id = by.task;
    line.task_label = by.label;
    line.stream = from;
    return line;
}

output_block make_notice(std::uint64_t dropped, const output_origin& by) {
    captured_line line = describe(output_stream::standard_output, by);
    line.dropped = dropped;
    line.text = "penstock: " + std::to_string(dropped) +
                " bytes of output were dropped here (worker_output.limit, or on_line takes the lines too slowly)";
    return {std::move(line), {}};
}

} // namespace

output_reader::output_reader(os::file_descriptor standard_output, os::file_descriptor standard_error,
                             std::shared_ptr<output_delivery> delivery)
    : streams_{stream{std::move(standard_output), {}}, stream{std::move(standard_error), {}}}, delivery_(std::move(delivery)) {}

bool output_reader::read(output_stream from, const output_origin& by) noexcept {
    std::array<char, piece> buffer;
    begin(by);
    for (std::size_t turn = 0; turn != most_pieces_a_turn; ++turn) {
        const os::io_result result = os::read_some(at(from).fd.get(), buffer.data(), buffer.size());
        if (result.status == os::io_status::would_block) return true;
        if (result.status != os::io_status::ok) return false;
        take(from, {buffer.data(), result.bytes}, by);
    }
    return true;
}

void output_reader::finish(const output_origin& by) noexcept {
    begin(by);
    for (const output_stream from : both) drain(from, by);
    end_section(by, false);
}

void output_reader::finish_for_good(const output_origin& by) noexcept {
    begin(by);
    for (const output_stream from : both) drain(from, by);
    end_section(by, true);
}

/// What was printed between two tasks is neither's: it must not share a line or the limit with the second.
void output_reader::begin(const output_origin& by) noexcept {
    if (by.task == section_) return;
    output_origin before = by;
    before.task = section_;
    before.label = {};
    end_section(before, false);
    section_ = by.task;
}

/// Exactly what is there now: somebody who goes on printing must not keep us here.
void output_reader::drain(output_stream from, const output_origin& by) noexcept {
    if (!at(from).fd) return;
    std::array<char, piece> buffer;
    std::size_t left = bytes_waiting(at(from).fd.get());
    while (left != 0) {
        const os::io_result result = os::read_some(at(from).fd.get(), buffer.data(), std::min(left, buffer.size()));
        if (result.status != os::io_status::ok) return; // the end is noticed by read()
        take(from, {buffer.data(), result.bytes}, by);
        left -= result.bytes;
    }
}

void output_reader::take(output_stream from, std::string_view text, const output_origin& by) noexcept {
    const std::uint64_t limit = delivery_->limit();
    const std::uint64_t room = limit == 0 ? text.size() : limit - std::min(limit, kept_);
    const std::string_view kept = text.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, text.size())));
    dropped_ += text.size() - kept.size();
    if (kept.empty()) return;
    kept_ += kept.size();
    try {
        keep(from, kept, by);
    } catch (const std::bad_alloc&) {
        dropped_ += kept.size();
    }
}

void output_reader::keep(output_stream from, std::string_view text, const output_origin& by) {
    std::string& line = at(from).open_line;
    if (const std::size_t end = text.rfind('\n'); end != std::string_view::npos) {
        line.append(text.substr(0, end));
        post(from, std::exchange(line, {}), by);
        text.remove_prefix(end + 1);
    }
    line.append(text);
    if (line.size() >= longest_line) post(from, std::exchange(line, {}), by);
}

void output_reader::post(output_stream from, std::string&& lines, const output_origin& by) {
    const std::size_t size = lines.size() + 1;
    if (!delivery_->deliver({describe(from, by), std::move(lines)})) dropped_ += size;
}

/// A notice that finds no room is not lost: its count goes into the next one.
void output_reader::end_section(const output_origin& by, bool for_good) noexcept {
    try {
        for (const output_stream from : both)
            if (!at(from).open_line.empty()) post(from, std::exchange(at(from).open_line, {}), by);
        if (dropped_ != 0 && delivery_->deliver(make_notice(dropped_, by), for_good)) dropped_ = 0;
    } catch (const std::bad_alloc&) { // later
    }
    kept_ = 0;
    section_ = 0;
}

} // namespace penstock::pool

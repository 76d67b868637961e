// SPDX-License-Identifier: MIT
#include "program/key_file.hpp"

#include "program/csv_text.hpp"
#include "text.hpp"

#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace s3_program {
namespace {

std::optional<std::uint64_t> number(const std::string& text) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return value;
}

bool is_header(const std::string& line) {
    return line.starts_with("Key time = ") || line.starts_with("Key,") || line.starts_with("\"Key");
}

}  // namespace

key_file::key_file(std::string name) : name_(std::move(name)) {
    errno = 0;
    in_.open(name_, std::ios::binary);
    if (!in_) {
        throw std::runtime_error("cannot read " + example_common::printable(name_) + ": " +
                                 std::generic_category().message(errno));
    }
    rewind();
}

void key_file::rewind() {
    in_.clear();
    in_.seekg(0);
    std::string first;
    std::getline(in_, first);
    csv_ = is_header(first);
    if (csv_) return;
    in_.clear();
    in_.seekg(0);
}

std::optional<key_file::entry> key_file::next() {
    auto found = csv_ ? next_record() : next_line();
    if (!found && in_.bad())
        throw std::runtime_error("reading " + example_common::printable(name_) + " failed");
    return found;
}

std::optional<key_file::entry> key_file::next_line() {
    for (std::string line; std::getline(in_, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (!line.empty()) return entry{std::move(line), std::nullopt};
    }
    return std::nullopt;
}

std::optional<key_file::entry> key_file::next_record() {
    while (read_csv_record(in_, cells_)) {
        if (cells_[0].empty()) continue;
        return entry{cells_[0], cells_.size() > 1 ? number(cells_[1]) : std::nullopt};
    }
    return std::nullopt;
}

}  // namespace s3_program

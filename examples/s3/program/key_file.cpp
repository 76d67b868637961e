// SPDX-License-Identifier: MIT
#include "program/key_file.hpp"

#include "program/csv_text.hpp"
#include "text.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
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

constexpr std::string_view utf8_mark = "\xef\xbb\xbf";

// All columns: a key may begin with "Key," as well.
bool is_header(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> cells;
    try {
        if (!read_csv_record(in, cells) || cells.size() != 4) return false;
    } catch (const std::runtime_error&) {
        return false;
    }
    return (cells[0] == "Key" || cells[0].starts_with("Key time = ")) && cells[1] == "Size" &&
           cells[2] == "CalcSize" && cells[3] == "Status";
}

std::uint64_t lines_in(const std::vector<std::string>& cells) {
    std::uint64_t lines = 1;
    for (const std::string& cell : cells)
        lines += static_cast<std::uint64_t>(std::count(cell.begin(), cell.end(), '\n'));
    return lines;
}

// What cannot be read again, such as a pipe, is kept in memory.
std::unique_ptr<std::istream> readable_twice(const std::string& name) {
    errno = 0;
    auto file = std::make_unique<std::ifstream>(name, std::ios::binary);
    if (!*file) {
        throw std::runtime_error("cannot read " + example_common::printable(name) + ": " +
                                 std::generic_category().message(errno));
    }
    if (file->seekg(0)) return file;
    file->clear();
    auto whole = std::make_unique<std::stringstream>();
    *whole << file->rdbuf();
    return whole;
}

}  // namespace

key_file::key_file(std::string name) : name_(std::move(name)), in_(readable_twice(name_)) { rewind(); }

void key_file::rewind() {
    in_->clear();
    in_->seekg(0);
    std::string first;
    std::getline(*in_, first);
    const bool marked = first.starts_with(utf8_mark);
    csv_ = is_header(marked ? first.substr(utf8_mark.size()) : first);
    line_ = 2;
    if (csv_) return;
    in_->clear();
    in_->seekg(marked ? static_cast<std::streamoff>(utf8_mark.size()) : 0);
}

std::optional<key_file::entry> key_file::next() {
    auto found = csv_ ? next_record() : next_line();
    if (!found && in_->bad())
        throw std::runtime_error("reading " + example_common::printable(name_) + " failed");
    return found;
}

std::optional<key_file::entry> key_file::next_line() {
    for (std::string line; std::getline(*in_, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (!line.empty()) return entry{std::move(line), std::nullopt};
    }
    return std::nullopt;
}

std::optional<key_file::entry> key_file::next_record() {
    while (read_record()) {
        line_ += lines_in(cells_);
        if (cells_[0].empty()) continue;
        return entry{cells_[0], cells_.size() > 1 ? number(cells_[1]) : std::nullopt};
    }
    return std::nullopt;
}

bool key_file::read_record() {
    try {
        return read_csv_record(*in_, cells_);
    } catch (const std::runtime_error& problem) {
        throw std::runtime_error(example_common::printable(name_) + ", line " + std::to_string(line_) + ": " +
                                 problem.what());
    }
}

}  // namespace s3_program

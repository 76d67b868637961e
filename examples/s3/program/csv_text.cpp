// SPDX-License-Identifier: MIT
#include "program/csv_text.hpp"

#include <stdexcept>

namespace s3_program {
namespace {

using traits = std::char_traits<char>;

// Behind the opening quote; leaves the stream behind the closing one.
std::string quoted_cell(std::istream& in) {
    std::string cell;
    for (int c = in.get(); c != traits::eof(); c = in.get()) {
        if (c == '"' && in.peek() != '"') return cell;
        if (c == '"') in.get();
        cell += traits::to_char_type(c);
    }
    throw std::runtime_error("a quoted cell of the CSV file does not end");
}

std::string plain_cell(std::istream& in) {
    std::string cell;
    for (int c = in.peek(); c != traits::eof() && c != ',' && c != '\n'; c = in.peek()) {
        cell += traits::to_char_type(in.get());
    }
    if (!cell.empty() && cell.back() == '\r' && in.peek() != ',') cell.pop_back();
    return cell;
}

}  // namespace

std::string csv_cell(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

bool read_csv_record(std::istream& in, std::vector<std::string>& cells) {
    cells.clear();
    if (in.peek() == traits::eof()) return false;
    for (;;) {
        const bool quoted = in.peek() == '"';
        if (quoted) in.get();
        cells.push_back(quoted ? quoted_cell(in) : plain_cell(in));
        if (in.peek() == '\r') in.get();
        if (in.get() != ',') return true;
    }
}

}  // namespace s3_program

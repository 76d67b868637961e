// SPDX-License-Identifier: MIT
#include "common/program.hpp"

#include "common/cannot_measure.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

namespace penstock::bench {

namespace {

struct command_line {
    std::string_view row;
    std::size_t repetitions = 1;
    request asked;
};

std::size_t positive_number(std::string_view text) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number == 0)
        throw std::invalid_argument("not a positive number: " + std::string(text));
    return number;
}

command_line parse(std::span<char* const> arguments) {
    command_line line;
    for (std::size_t i = 0; i != arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        const auto value = [&]() -> std::string_view {
            if (++i == arguments.size()) throw std::invalid_argument(std::string(name) + " needs a value");
            return arguments[i];
        };
        if (name == "--row") line.row = value();
        else if (name == "--workers") line.asked.workers = positive_number(value());
        else if (name == "--repetitions") line.repetitions = positive_number(value());
        else if (name == "--quick") line.asked.quick = true;
        else throw std::invalid_argument("unknown argument " + std::string(name));
    }
    return line;
}

const row_entry& find(std::span<const row_entry> rows, std::string_view id) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const row_entry& row) { return row.id == id; });
    if (found != rows.end()) return *found;
    std::string known;
    for (const row_entry& row : rows) known.append(" ").append(row.id);
    throw std::invalid_argument("--row must be one of:" + known);
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    return out + '"';
}

void print(std::string_view row, const measurement& figure) {
    std::printf("{\"row\": %s, \"who\": %s, \"variant\": %s, ", quoted(row).c_str(),
                quoted(figure.who).c_str(), quoted(figure.variant).c_str());
    if (figure.skipped.empty())
        std::printf("\"value\": %.9g, \"unit\": %s}\n", figure.value, quoted(figure.unit).c_str());
    else std::printf("\"skipped\": %s}\n", quoted(figure.skipped).c_str());
    std::fflush(stdout);
}

void measure(const row_entry& row, const request& asked) {
    try {
        for (const measurement& figure : row.measure(asked)) print(row.id, figure);
    } catch (const cannot_measure& reason) {
        std::printf("{\"row\": %s, \"skipped\": %s}\n", quoted(row.id).c_str(),
                    quoted(reason.what()).c_str());
        std::fflush(stdout);
    }
}

}  // namespace

int run_program(int argc, char** argv, std::span<const row_entry> rows) try {
    const command_line line = parse(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    const row_entry& row = find(rows, line.row);
    for (std::size_t i = 0; i != line.repetitions; ++i) measure(row, line.asked);
    return 0;
} catch (const std::exception& e) {
    std::fprintf(stderr, "%s: %s\n", argv[0], e.what());
    return 1;
}

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
#include "program/json_text.hpp"

#include "text.hpp"

#include <array>

namespace s3_program {
namespace {

using example_common::fixed;

// How many bytes the UTF-8 character at the front has; 0 when there is none. Enough for what keys hold.
std::size_t character_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x80    ? 1
                               : first >= 0xf0 ? 4
                               : first >= 0xe0 ? 3
                               : first >= 0xc2 ? 2
                                               : 0;
    if (length == 0 || length > text.size() || first > 0xf4) return 0;
    for (const char next : text.substr(1, length - 1)) {
        if ((static_cast<unsigned char>(next) & 0xc0U) != 0x80U) return 0;
    }
    return length;
}

std::string escaped(char letter) {
    static constexpr std::string_view hex = "0123456789abcdef";
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') return {'\\', letter};
    if (code >= 0x20 && code < 0x80) return {letter};
    return {'\\', 'u', '0', '0', hex[code >> 4U], hex[code & 15U]};
}

std::string list_of_rates(const std::vector<double>& rates) {
    std::string text;
    for (const double rate : rates) text += (text.empty() ? "" : ", ") + fixed(rate, 1);
    return "[" + text + "]";
}

std::string list_of_texts(const std::vector<std::string>& texts) {
    std::string list;
    for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + json_string(text);
    return "[" + list + "]";
}

std::string member(std::string_view name, const std::string& value) {
    return "  " + json_string(name) + ": " + value + ",\n";
}
std::string member(std::string_view name, std::uint64_t value) { return member(name, std::to_string(value)); }
std::string seconds_member(std::string_view name, double value) { return member(name, fixed(value, 6)); }

}  // namespace

std::string json_string(std::string_view text) {
    std::string quoted = "\"";
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length > 1) {
            quoted += text.substr(0, length);
        } else {
            quoted += escaped(text.front());
        }
        text.remove_prefix(length > 1 ? length : 1);
    }
    return quoted + '"';
}

std::string json_text(std::string_view command, const run_settings& wanted, const run_result& result,
                      const std::vector<std::string>& messages) {
    return "{\n" + member("command", json_string(command)) +
           member("mode", json_string(name_of(wanted.how))) + member("workers", workers_of(wanted)) +
           member("parallelism", json_string(parallelism_text(wanted))) + member("objects", result.objects) +
           member("bytes", result.bytes) + member("errors", result.errors) +
           member("missing", result.missing) + member("skipped", result.skipped) +
           member("unfinished", result.unfinished) + member("size_only", result.size_only) +
           member("token_refreshes", result.refreshes) + member("workers_lost", result.workers_lost) +
           seconds_member("build_seconds", result.build_seconds) + seconds_member("seconds", result.seconds) +
           seconds_member("cpu_seconds", result.cpu_seconds) +
           member("peak_memory_bytes", result.peak_memory) +
           seconds_member("mean_seconds_an_object", result.mean_seconds) +
           member("objects_a_second", list_of_rates(result.rates)) +
           member("interrupted", result.interrupted ? "true" : "false") +
           member("stopped_by", json_string(result.stopped_by)) +
           "  \"messages\": " + list_of_texts(messages) + "\n}\n";
}

}  // namespace s3_program

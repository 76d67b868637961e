// SPDX-License-Identifier: MIT
#include "os/memory_map.hpp"

#include "os/address.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace penstock::os {
namespace {

// A line is "start-end perms offset device inode       name"; the name may hold blanks.
bool covers(std::string_view line, std::uintptr_t address) {
    std::uintptr_t start = 0;
    std::uintptr_t end = 0;
    const char* const last = line.data() + line.size();
    const auto first = std::from_chars(line.data(), last, start, 16);
    if (first.ec != std::errc{} || first.ptr == last || *first.ptr != '-') return false;
    const auto second = std::from_chars(first.ptr + 1, last, end, 16);
    return second.ec == std::errc{} && start <= address && address < end;
}

std::string_view name_in(std::string_view line) {
    constexpr int fields_before_the_name = 5;
    std::size_t at = 0;
    for (int field = 0; field < fields_before_the_name; ++field) {
        at = line.find(' ', at);
        if (at == std::string_view::npos) return {};
        at = line.find_first_not_of(' ', at);
        if (at == std::string_view::npos) return {};
    }
    return line.substr(at);
}

}  // namespace

std::string file_mapped_at(const void* address) {
    std::ifstream maps{"/proc/self/maps"};
    for (std::string line; std::getline(maps, line);) {
        if (!covers(line, number_of(address))) continue;
        const std::string_view name = name_in(line);
        return name.starts_with('/') ? without_escapes(std::string{name}) : std::string{};
    }
    return {};
}

std::string without_escapes(const std::string& name) {
    std::string result;
    for (std::size_t i = 0; i < name.size(); ++i) {
        unsigned value = 0;
        const char* const digits = name.data() + i + 1;
        const bool long_enough = name[i] == '\\' && i + 3 < name.size();
        if (long_enough && std::from_chars(digits, digits + 3, value, 8).ptr == digits + 3) {
            result.push_back(static_cast<char>(value));
            i += 3;
        } else {
            result.push_back(name[i]);
        }
    }
    return result;
}

}  // namespace penstock::os

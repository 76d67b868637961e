// SPDX-License-Identifier: MIT
#include "verify.hpp"

#include "text.hpp"

#include <algorithm>

namespace compare {
using namespace example_common;

namespace {

std::string text_of(const file_result& result) {
    if (!result.error.empty()) return "\"" + result.error + "\"";
    return hex(result.digest) + " (" + bytes_text(result.size) + ")";
}

bool same(const file_result& a, const file_result& b) {
    if (a.index != b.index || a.size != b.size || a.error != b.error) return false;
    return !a.error.empty() || a.digest == b.digest;
}

std::string name_of(std::size_t position, const std::vector<file_entry>& files) {
    return position < files.size() ? printable(files[position].path) : "file " + std::to_string(position);
}

std::string compare_one(const file_result& expected, const file_result& actual,
                        const std::vector<file_entry>& files) {
    if (same(expected, actual)) return {};
    const std::string name = name_of(expected.index, files);
    if (expected.index != actual.index) {
        return name + ": its place holds the result of " + name_of(actual.index, files);
    }
    return name + ": " + text_of(actual) + " instead of " + text_of(expected);
}

// The part that does not depend on what is compared: item by item, then what only one side has.
template <class T, class Compare, class Name>
std::vector<std::string> walk(const std::vector<T>& expected, const std::vector<T>& actual, Compare compare,
                              Name name) {
    std::vector<std::string> found;
    const std::size_t both = std::min(expected.size(), actual.size());
    for (std::size_t i = 0; i < both; ++i) {
        std::string sentence = compare(expected[i], actual[i]);
        if (!sentence.empty()) found.push_back(std::move(sentence));
    }
    for (std::size_t i = both; i < expected.size(); ++i) found.push_back(name(i) + ": no result");
    for (std::size_t i = both; i < actual.size(); ++i) found.push_back(name(i) + ": a result too many");
    return found;
}

}  // namespace

std::vector<std::string> file_differences(const std::vector<file_result>& expected,
                                          const std::vector<file_result>& actual,
                                          const std::vector<file_entry>& files) {
    return walk(
        expected, actual,
        [&](const file_result& a, const file_result& b) { return compare_one(a, b, files); },
        [&](std::size_t i) { return name_of(i, files); });
}

std::vector<std::string> loop_differences(const std::vector<loop_result>& expected,
                                          const std::vector<loop_result>& actual) {
    const auto name = [](std::uint64_t seed) { return "loop " + std::to_string(seed); };
    return walk(
        expected, actual,
        [&](const loop_result& a, const loop_result& b) -> std::string {
            if (a.seed != b.seed) return name(a.seed) + ": its place holds the result of " + name(b.seed);
            if (a.checksum == b.checksum) return {};
            return name(a.seed) + ": checksum " + std::to_string(b.checksum) + " instead of " +
                   std::to_string(a.checksum);
        },
        [&](std::size_t i) { return name(i + 1); });
}

}  // namespace compare

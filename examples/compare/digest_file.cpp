// SPDX-License-Identifier: MIT
#include "digest_file.hpp"

#include "output_file.hpp"

namespace compare {
using namespace example_common;

namespace {

std::string escaped(const std::string& name) {
    std::string text;
    for (const char c : name) {
        switch (c) {
            case '\\':
                text += "\\\\";
                break;
            case '\n':
                text += "\\n";
                break;
            case '\r':
                text += "\\r";
                break;
            default:
                text += c;
        }
    }
    return text;
}

}  // namespace

std::string digest_line(const file_result& result, const std::string& name) {
    const std::string shown = escaped(name);
    std::string line = hex(result.digest) + "  " + shown;
    if (shown != name) line.insert(line.begin(), '\\');
    return line;
}

void write_digests(const std::string& file, const std::vector<file_result>& results,
                   const std::vector<file_entry>& files) {
    output_file out(file);
    for (const file_result& result : results) {
        if (result.error.empty()) out.stream() << digest_line(result, files.at(result.index).path) << '\n';
    }
    out.close();
}

}  // namespace compare

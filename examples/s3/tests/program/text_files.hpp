// SPDX-License-Identifier: MIT
// A file for one test, removed at its end.
#pragma once

#include "program/scratch_directory.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace s3_program::test {

class text_file {
public:
    explicit text_file(const std::string& text) { std::ofstream(name(), std::ios::binary) << text; }
    [[nodiscard]] std::string name() const { return directory_.file("file"); }

private:
    scratch_directory directory_;
};

inline std::string content_of(const std::string& name) {
    std::ostringstream all;
    all << std::ifstream(name, std::ios::binary).rdbuf();
    return all.str();
}

}  // namespace s3_program::test

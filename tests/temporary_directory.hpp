// SPDX-License-Identifier: MIT
// A new empty directory that is removed with all it holds at the end. It belongs to the process that made it.
#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace penstock::test {

class temporary_directory {
public:
    temporary_directory() : path_((std::filesystem::temp_directory_path() / "penstock-XXXXXX").string()) {
        if (mkdtemp(path_.data()) == nullptr)
            throw std::system_error(errno, std::generic_category(), "mkdtemp " + path_);
    }
    ~temporary_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

} // namespace penstock::test

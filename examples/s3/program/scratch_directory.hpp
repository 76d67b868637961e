// SPDX-License-Identifier: MIT
// A new directory below that of temporary files, removed with what is in it at the end. One thread.
#pragma once

#include <filesystem>
#include <string>

namespace s3_program {

class scratch_directory {
public:
    scratch_directory();
    ~scratch_directory();
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).native(); }

private:
    std::filesystem::path path_;
};

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// A file that is written from its beginning and whose errors are not lost. One thread at a time. Owns the
// file.
#pragma once

#include <fstream>
#include <ostream>
#include <string>

namespace example_common {

class output_file {
public:
    // Throws std::runtime_error with the name and the reason when the file cannot be made.
    explicit output_file(std::string name);

    [[nodiscard]] std::ostream& stream() noexcept { return stream_; }

    // Throws when anything written so far did not reach the file.
    void flush();
    void close();

private:
    void check(const char* what);

    std::string name_;
    std::ofstream stream_;
};

}  // namespace example_common

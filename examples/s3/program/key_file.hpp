// SPDX-License-Identifier: MIT
// The keys of `fetch --keys FILE`, read as they are wanted: one key a line, or the CSV file that `list`
// wrote, which is known by the columns of its header. Empty lines and the mark of UTF-8 in front are passed over. One thread at a time. A file that cannot
// be read is a std::runtime_error with its name.
#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace s3_program {

class key_file {
public:
    explicit key_file(std::string name);

    struct entry {
        std::string key;
        std::optional<std::uint64_t> size;  // in the CSV file alone
    };
    [[nodiscard]] std::optional<entry> next();

    // Back to the first key.
    void rewind();

private:
    [[nodiscard]] std::optional<entry> next_line();
    [[nodiscard]] std::optional<entry> next_record();
    [[nodiscard]] bool read_record();

    std::string name_;
    std::unique_ptr<std::istream> in_;
    bool csv_ = false;
    std::uint64_t line_ = 1;  // where the next record of the CSV file begins
    std::vector<std::string> cells_;
};

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// What hashing one file gave. A plain value that can cross to another process.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace compare {

struct file_result {
    std::uint64_t index = 0;  // of the file in the sorted list
    std::uint64_t size = 0;   // bytes read
    std::array<std::uint8_t, 32> digest{};
    std::string error;  // empty when all went well; digest means nothing otherwise

    template <class Archive>
    void serialize(Archive& archive) {
        archive(index, size, digest, error);
    }
};

[[nodiscard]] std::string hex(const std::array<std::uint8_t, 32>& digest);

}  // namespace compare

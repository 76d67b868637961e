// SPDX-License-Identifier: MIT
// A small class of a user, for what it costs to send one.
#pragma once

#include <cstdint>
#include <string>

namespace penstock::bench {

struct person {
    std::uint64_t id = 0;
    std::string name;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(id, name);
    }
    friend bool operator==(const person&, const person&) = default;
};

} // namespace penstock::bench

// SPDX-License-Identifier: MIT
// What a made bucket holds. A recipe is a plain value; the same recipe always gives the same keys and sizes. Nothing
// is stored: the bytes follow from the key (made_bytes.hpp). Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace s3_server {

struct made_object {
    std::string key;
    std::uint64_t size = 0;

    friend bool operator==(const made_object&, const made_object&) = default;
};

struct bucket_recipe {
    std::string name = "demo";
    std::string region;          // Empty: the server's own. Another one: requests are redirected with 301.
    std::size_t objects = 3000;  // All of them, odd keys and empty objects included, `extra` not.
    std::uint64_t bytes =
        324'000'000;            // The sizes of those add up to exactly this (when one of them is not empty).
    double skew = 1.5;          // Sigma of the logarithm of the sizes; 0: all nearly equal.
    double empty_share = 0.01;  // This part of the objects has 0 bytes.
    std::uint64_t seed = 1;
    std::size_t days = 30;           // Keys are 2023/05/DD/... and on from there; 0: no prefix at all.
    bool odd_keys = true;            // The first of the objects, up to 20, get the keys of odd_keys().
    std::vector<made_object> extra;  // Besides: for instance {"large/5GiB.bin", 5368709120}.
};

// Ordered by key, as a listing is. Throws std::invalid_argument when a key comes twice.
[[nodiscard]] std::vector<made_object> made_objects(const bucket_recipe& recipe);

// Spaces, `+`, `//`, `a/../b`, `./x`, Japanese, emoji, `%2F`, a newline, `&<>"'`, blanks only, 1,000 bytes and so on.
[[nodiscard]] const std::vector<std::string>& odd_keys();

}  // namespace s3_server

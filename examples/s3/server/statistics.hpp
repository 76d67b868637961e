// SPDX-License-Identifier: MIT
// What a server has seen and done so far: a plain value.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace s3_server {

struct statistics {
    std::map<std::string, std::uint64_t>
        requests;  // By the name of the operation; control requests not counted.
    std::map<std::string, std::uint64_t> errors;  // By the code of the error that was answered.
    std::map<std::string, std::uint64_t> faults;  // How often each was played, by its spec; 0 when not yet.
    std::uint64_t connections_accepted = 0;
    std::uint64_t connections_open = 0;
    std::uint64_t connections_peak = 0;
    std::uint64_t bytes_sent = 0;  // Of bodies.

    [[nodiscard]] std::uint64_t all_requests() const;
    [[nodiscard]] std::uint64_t all_faults() const;
};

// One JSON object with the members' names: what GET /-/stats answers.
[[nodiscard]] std::string to_json(const statistics& seen);

}  // namespace s3_server

// SPDX-License-Identifier: MIT
// How one job ended. A plain value that can cross to another process.
#pragma once

#include <cstdint>
#include <string>

namespace s3_program {

enum class outcome : std::uint8_t {
    done,
    skipped,      // copy: it was there already
    missing,      // fetch: there is no such object, which is a result
    failed,       // error says why
    expired,      // not to be told: the job is done again with a new token
    interrupted,  // Ctrl-C came first
};

struct report {
    outcome how = outcome::done;
    std::uint64_t size = 0;       // what the server says
    std::uint64_t calc_size = 0;  // what was counted
    std::uint16_t status = 0;     // of HTTP; 0 when there was no answer
    std::string error;            // a sentence that names the object, the status, the code and the request id
    bool hopeless = false;        // credentials refused, no such bucket: every other job would fail as well
    double seconds = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(how, size, calc_size, status, error, hopeless, seconds);
    }
};

}  // namespace s3_program

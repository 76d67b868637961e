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
    std::string error;            // a sentence that names the object, the status, the code and the request id;
                                  // with skipped: why, when it is not because it was there already
    bool hopeless = false;        // credentials refused, no such bucket: every other job would fail as well
    bool size_only = false;       // copy: verified by the size alone, because the ETags could not be compared
    bool no_answer = false;       // the server could not be reached, or said nothing
    double seconds = 0;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(how, size, calc_size, status, error, hopeless, size_only, no_answer, seconds);
    }
};

}  // namespace s3_program

// SPDX-License-Identifier: MIT
// Where jobs are done: one class for each mode behind this interface. Used by one thread. Whatever becomes of
// a job, it comes back from wait() exactly once, unless abandon() was called.
#pragma once

#include "client/credentials.hpp"
#include "program/job.hpp"
#include "program/report.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace s3_program {

struct finished_job {
    job what;
    report how;
};

class executor {
public:
    executor() = default;
    executor(const executor&) = delete;
    executor& operator=(const executor&) = delete;
    virtual ~executor() = default;

    // The window of jobs in flight is not full.
    [[nodiscard]] virtual bool wants_more() const = 0;
    virtual void start(job what) = 0;
    // There is no other job for now: what was held back to make a batch begins.
    virtual void flush() {}
    // What has ended; waits for the first one, but not longer than this.
    [[nodiscard]] virtual std::vector<finished_job> wait(std::chrono::milliseconds longest) = 0;
    // For jobs that are started from now on.
    virtual void use(const s3::credentials& keys) = 0;
    // Nobody wants the rest any more; a last wait() gives what ended before or because of it.
    virtual void abandon() = 0;
    // Worker processes that died.
    [[nodiscard]] virtual std::uint64_t workers_lost() const { return 0; }
};

}  // namespace s3_program

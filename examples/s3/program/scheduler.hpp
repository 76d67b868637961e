// SPDX-License-Identifier: MIT
// Hands the jobs of a source to an executor, a window at a time, and their reports to the caller. A job that
// ended because the token had expired is done again with credentials that are renewed once, however many jobs
// were refused. One thread. A source that throws ends the run, and its message is in the
// result; so does a server that many jobs in a row got no answer from. Jobs that are in flight at such an end, or
// at Ctrl-C, get a row as well.
#pragma once

#include "program/executor.hpp"
#include "program/job_source.hpp"

#include <deque>
#include <map>
#include <functional>
#include <string>

namespace s3_program {

struct schedule_hooks {
    // New credentials after those last used were refused. Throws when there are
    // none.
    std::function<s3::credentials()> renew;
    std::function<void(const finished_job&)> on_row;  // once for each job that was begun; what it throws ends the run
    std::function<bool()> interrupted;
    std::function<void()> on_turn;  // now and then, also while nothing ends
};

struct schedule_result {
    std::uint64_t renewals = 0;
    bool interrupted = false;
    std::string stopped_by;  // the message that made going on pointless
};

class scheduler {
public:
    scheduler(job_source& jobs, executor& where, schedule_hooks hooks);
    [[nodiscard]] schedule_result run();

private:
    [[nodiscard]] bool going_on() const { return !result_.interrupted && result_.stopped_by.empty(); }
    void fill();
    [[nodiscard]] std::optional<job> take();
    [[nodiscard]] std::optional<job> next_of_source();
    void settle(finished_job one);
    void tell(const finished_job& one);
    void note_answer(const report& how);
    void stop(const std::string& reason);
    void end_the_begun();
    void settle_expired(finished_job one);
    [[nodiscard]] bool renew();

    job_source& jobs_;
    executor& where_;
    schedule_hooks hooks_;
    schedule_result result_;
    std::deque<job> again_;
    std::map<std::uint64_t, job> begun_;  // and without a row
    unsigned unanswered_ = 0;             // jobs in a row
    std::uint64_t next_id_ = 0;
    std::uint64_t generation_ = 0;
    std::uint64_t in_flight_ = 0;
    bool exhausted_ = false;
};

}  // namespace s3_program

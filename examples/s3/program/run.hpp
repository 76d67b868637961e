// SPDX-License-Identifier: MIT
// One run: all jobs of a source in one mode, measured. This is what every command calls, and what a sweep
// over settings calls once for each. Main thread.
#pragma once

#include "client/credential_source.hpp"
#include "program/executor.hpp"
#include "program/job_source.hpp"
#include "program/key_recipe.hpp"
#include "program/mode.hpp"
#include "program/work_order.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace s3_program {

struct run_settings {
    mode how = mode::process;
    unsigned workers = 0;  // of thread, process and process+async; 0: as many as CPUs
    unsigned concurrency =
        64;  // connections of one thread in async and process+async; threads a process when nested
    bool nested =
        false;  // with process: a task is a folder of objects, done by a pool of threads in the worker
    s3::client_settings client;
    part_limits parts;
    std::string worker_role;  // each worker takes on this role itself; empty: the credentials given are used
    key_recipe recipe;           // for newer credentials, in worker processes
    std::uint64_t expected = 0;  // jobs, about; 0: not known. For the size of batches.
};

struct run_result {
    std::uint64_t objects = 0;  // rows: errors, missing, skipped and unfinished ones included
    std::uint64_t bytes = 0;    // counted, copied or sent
    std::uint64_t errors = 0;
    std::uint64_t missing = 0;
    std::uint64_t skipped = 0;
    std::uint64_t unfinished = 0;    // begun before the run ended early
    std::uint64_t size_only = 0;     // copies, skipped ones included, that were verified by their size alone
    std::uint64_t refreshes = 0;     // of an expired token
    std::uint64_t workers_lost = 0;  // processes that died and were replaced
    double build_seconds = 0;        // for the pool, before the first job
    double seconds = 0;              // from the first job to the last report
    double cpu_seconds = 0;          // of this process and of the workers it has waited for
    std::uint64_t peak_memory =
        0;                      // resident bytes of the largest of these processes, since the program began
    double mean_seconds = 0;    // R: of one object, in its worker
    std::vector<double> rates;  // X: objects a second, one for every two seconds and at least one
    bool interrupted = false;
    std::string stopped_by;  // why the run ended early; empty when it did not
    std::string unwritten;   // why a file of results could not be written; empty when it could

    [[nodiscard]] bool clean() const { return errors == 0 && !interrupted && stopped_by.empty() && unwritten.empty(); }
};

// Called for every row as it comes, in the calling thread, with the result so far.
using row_observer = std::function<void(const finished_job& row, const run_result& so_far)>;

// "4", or "2x64" where each of 2 workers has 64 connections.
[[nodiscard]] std::string parallelism_text(const run_settings& wanted);
[[nodiscard]] unsigned workers_of(const run_settings& wanted);

// `first` are credentials of `keys`, which must outlive the executor.
[[nodiscard]] std::unique_ptr<executor> make_executor(const run_settings& wanted, const s3::credentials& first,
                                                      s3::credential_source& keys);

// Throws what finding the credentials throws, penstock::error when there is no pool to be had, and
// usage_error when the process may not have so many connections. Everything
// that goes wrong with jobs is in the rows and the result.
[[nodiscard]] run_result run_jobs(const run_settings& wanted, s3::credential_source& keys, job_source& jobs,
                                  const row_observer& on_row);

}  // namespace s3_program

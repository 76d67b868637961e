// SPDX-License-Identifier: MIT
// Options: plain structs whose members all have defaults, filled by designated initialisers:
//   process_pool pool{{.workers = 4, .initializer = call(load_model, "weights.bin")}};
//   pool.submit({.label = "tile 17"}, render, tile);
// Both pools take the same types; a field that makes no sense for a pool is refused with std::invalid_argument.
#pragma once

#include <penstock/detail/bound_call.hpp>
#include <penstock/pool_event.hpp>
#include <penstock/worker_environment.hpp>
#include <penstock/worker_limits.hpp>
#include <penstock/worker_output.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace penstock {

/// How workers come to be.
enum class start_method {
    /// Each is this executable, started anew.
    spawn,
    /// Each is forked from one process that was started anew and has run `preload` (the zygote): sooner there, and what
    /// preload made is theirs at once, in memory that they share until they write to it. While the zygote has more than
    /// one thread it cannot be forked: the pool then uses spawn for good, says so by pool_event_kind::fell_back, and
    /// preload runs in each worker before the initializer. Workers end when the zygote does; it is replaced.
    forkserver,
};

/// When workers that die before they are ready (in the initializer, say) are started again, and when the pool gives up
/// and breaks. Deaths of workers that were ready never count: those are the tasks' doing.
struct restart_budget {
    /// How many such deaths within `window` are forgiven; 0 means max(5, 2 x workers).
    std::size_t deaths = 0;
    std::chrono::nanoseconds window = std::chrono::seconds(10);
    /// The pause after the first one; doubled after each further one in a row, up to `longest_backoff`, and made shorter by
    /// a random part of up to a quarter.
    std::chrono::nanoseconds backoff = std::chrono::milliseconds(50);
    std::chrono::nanoseconds longest_backoff = std::chrono::seconds(5);

    friend bool operator==(const restart_budget&, const restart_budget&) = default;
};

/// How small tasks get to workers. A worker that dies costs one task at most in either way.
enum class batching : std::uint8_t {
    /// Many at a time while they are short, where a worker and its pool can share a page of memory (Linux with memfd, or a
    /// /tmp with unnamed files) and the pool does not capture output; else one by one. Several times as many tasks a
    /// second.
    automatic,
    /// Each by itself, and each result is written before the next task begins.
    never,
};

/// Whether a thread that waits in get(), and a worker that waits for its next task, look for a moment before they sleep:
/// waking up takes ten times as long as a small task.
enum class spinning : std::uint8_t {
    /// While the last wait was short, at most 50 us, and not where the process may use one CPU only. Needs the page of
    /// memory of batching::automatic.
    adaptive,
    never,
};

struct pool_options {
    /// How many workers; 0 means available_cpus().
    std::size_t workers = 0;
    start_method start = start_method::spawn;
    /// Runs once in the zygote before the first worker is forked from it; only with start_method::forkserver. Its memory
    /// reaches the workers; descriptors that it opens and threads that it starts do not. If it throws, every future gets
    /// the message.
    bound_call preload = {};
    /// Runs in every worker before its first task, replacements included. If it throws, every future gets the message.
    bound_call initializer = {};
    /// Runs in every worker when it ends in order, after its last task.
    bound_call finalizer = {};
    /// A worker is replaced after this many tasks, less a random part of up to a quarter; 0 means never.
    std::uint64_t max_tasks_per_worker = 0;
    /// A worker whose resident memory is above this many bytes after a task is replaced; 0 means never.
    std::uint64_t max_rss_per_worker = 0;
    /// A worker that had nothing to do for so long is let go, and started again when it is needed; 0 means never.
    std::chrono::nanoseconds idle_timeout = std::chrono::nanoseconds(0);
    /// How many submitted tasks may be unfinished before submit waits; 0 means no bound.
    std::size_t max_pending = 0;
    /// How many bytes of encoded arguments unfinished tasks may hold before submit waits (a task is always taken when
    /// there is no other; results are not counted); 0 means no bound.
    std::uint64_t max_pending_bytes = 0;
    /// How long a task may run that sets no timeout of its own; 0 means for ever.
    std::chrono::nanoseconds task_timeout = std::chrono::nanoseconds(0);
    /// How long to go on starting workers that never get ready.
    restart_budget restart = {};
    /// What a worker may use of the machine: memory, processor time, files, core dumps, its nice value.
    worker_limits limits = {};
    /// The environment variables that workers start with.
    worker_environment environment = {};
    /// Where the text goes that workers print.
    worker_output output = {};
    /// Whether small tasks may travel several at a time.
    batching batches = batching::automatic;
    /// Whether to look for a moment before sleeping.
    spinning spin = spinning::adaptive;
    /// Told of what happens to workers, one event at a time, on the callback thread. What it throws is reported on
    /// standard error.
    std::function<void(const pool_event&)> on_event = {};
    /// How long a worker process may take from its start until it is ready (its initializer included).
    std::chrono::nanoseconds start_timeout = std::chrono::seconds(10);
    /// How long a worker process that was asked to end may take before it is made to.
    std::chrono::nanoseconds grace = std::chrono::seconds(2);
    /// The largest encoded task or result, in bytes; more is a payload_error.
    std::uint64_t max_payload = std::uint64_t{8} << 30;
};

/// Another attempt for a task that lost its worker or passed its deadline. Only for tasks that may run twice: the first
/// attempt may have had its effects. What a task throws is never retried.
struct retry_policy {
    /// Attempts in all.
    std::size_t max_attempts = 1;
    /// The pause before the second attempt; doubled before each further one.
    std::chrono::nanoseconds backoff = std::chrono::nanoseconds(0);
};

/// Which of the tasks that wait is given to a worker first. A class is overtaken by more urgent ones, but by at most 16
/// tasks in a row: then it has a turn, so that nothing waits for ever. Tasks of one class keep their order.
enum class task_priority : std::uint8_t { high, normal, low };

struct task_options {
    /// How long the task may run, from the moment it does; 0 means pool_options.task_timeout. Then it is asked to stop,
    /// after the pool's grace its worker is made to end, and the future gets task_timeout.
    std::chrono::nanoseconds timeout = std::chrono::nanoseconds(0);
    task_priority priority = task_priority::normal;
    retry_policy retry = {};
    /// Names the task in errors.
    std::string label = {};
};

struct map_options {
    /// How many items make one task; 0 lets the pool choose, so that a task holds at most a millisecond of work.
    std::size_t chunk = 0;
    /// Counts from the call; then the rest is cancelled and reading it throws task_timeout. 0 means no limit.
    std::chrono::nanoseconds timeout = std::chrono::nanoseconds(0);
    /// How many items may be taken from the ranges beyond those already delivered; 0 lets the pool choose.
    std::size_t ahead = 0;
    /// Names the tasks in errors.
    std::string label = {};
};

enum class shutdown_mode {
    drain,          ///< run everything that was submitted
    cancel_pending, ///< finish what runs; the rest ends with task_cancelled
    kill,           ///< end the workers at once; what ran or waited ends with pool_closed
};

} // namespace penstock

// SPDX-License-Identifier: MIT
// Where the jobs of a run are done. Plain values: any thread.
#pragma once

#include <string_view>

namespace s3_program {

enum class mode {
    sequential,     // one after the other, in the calling thread
    thread,         // a pool of threads, one connection each
    process,        // a pool of processes, one connection each
    async,          // one thread, many connections
    process_async,  // a pool of processes, many connections each: "process+async"
};

[[nodiscard]] std::string_view name_of(mode how) noexcept;

// Throws example_common::usage_error, which lists the modes, when the word is none of them.
[[nodiscard]] mode parse_mode(std::string_view word);

[[nodiscard]] constexpr bool uses_workers(mode how) {
    return how == mode::thread || how == mode::process || how == mode::process_async;
}
[[nodiscard]] constexpr bool uses_concurrency(mode how) {
    return how == mode::async || how == mode::process_async;
}

}  // namespace s3_program

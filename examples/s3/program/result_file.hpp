// SPDX-License-Identifier: MIT
// The table of a run: Key, Size, CalcSize, Status, and the seconds of the run in the header of Key, which are
// known at the end alone. Rows go to NAME.part as they come, and are put behind the header in finish(); a
// program that is killed leaves them there. What is there already and no regular file, such
// as a device, is written to directly, with a header that has no seconds. One thread. Errors of the file system are std::runtime_error with
// the name.
#pragma once

#include "output_file.hpp"
#include "program/executor.hpp"
#include "stopwatch.hpp"

#include <string>

namespace s3_program {

class result_file {
public:
    explicit result_file(std::string name);

    // Throws now and then, when what was added before could not be written.
    void add(const finished_job& row);
    void finish(double seconds);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    std::string name_;
    std::string part_name_;
    example_common::output_file part_;
    unsigned unchecked_ = 0;  // rows that may not have reached the file
    example_common::stopwatch since_check_;
};

// "200", "404", "skipped", or the error; "200 (size only)" for a copy that nothing but its size speaks for.
[[nodiscard]] std::string status_text(const report& how);

// Such as "result_night_process_4.csv"; what could not be in a file's name becomes "_".
[[nodiscard]] std::string default_result_name(std::string tag, std::string_view mode,
                                              std::string_view parallelism);

}  // namespace s3_program

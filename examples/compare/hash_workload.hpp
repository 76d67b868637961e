// SPDX-License-Identifier: MIT
// Hashing files, cut into tasks of several files each: a small file takes a few microseconds, less than a
// task needs to reach a worker and to come back, so that one task a file would measure the crossing and not
// the hashing. All modes run the very same tasks. The tasks are made once; afterwards any thread may read.
#pragma once

#include "file_list.hpp"
#include "file_result.hpp"
#include "measurement.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace compare {

struct hash_batch {
    std::uint64_t first = 0;         // index of the first path in the sorted list
    std::vector<std::string> paths;  // neighbours in the list

    template <class Archive>
    void serialize(Archive& archive) {
        archive(first, paths);
    }
};

class hash_workload {
public:
    using task = hash_batch;
    using result = std::vector<file_result>;

    static constexpr std::string_view name = "hash";
    static constexpr std::string_view unit = "files";
    static constexpr bool wants_warm_up =
        true;  // the first pass would pay for the disk, the others would not

    // A task holds at most `batch_files` files, and ends earlier once it has 4 MiB.
    hash_workload(std::vector<file_entry> files, std::size_t batch_files);

    // What a worker does.
    static result run(const task& batch);

    [[nodiscard]] const std::vector<task>& tasks() const noexcept { return tasks_; }
    [[nodiscard]] const std::vector<file_entry>& files() const noexcept { return files_; }
    [[nodiscard]] std::string subject() const;

    // How many units a task is worth on the progress bar.
    static std::uint64_t units(const task& batch) { return batch.paths.size(); }
    static amount done(const result& results);

    // One sentence for every file whose result is not the expected one.
    [[nodiscard]] std::vector<std::string> differences(const std::vector<result>& expected,
                                                       const std::vector<result>& actual) const;

private:
    std::vector<file_entry> files_;
    std::vector<task> tasks_;
};

// The results of all tasks, one after the other.
[[nodiscard]] std::vector<file_result> flatten(const std::vector<hash_workload::result>& results);

}  // namespace compare

// SPDX-License-Identifier: MIT
#include "hash_workload.hpp"

#include "file_hasher.hpp"
#include "interrupt.hpp"
#include "text.hpp"
#include "verify.hpp"

namespace compare {
using namespace example_common;

namespace {

constexpr std::uint64_t batch_bytes = 4 * 1024 * 1024;

std::vector<hash_batch> cut(const std::vector<file_entry>& files, std::size_t batch_files) {
    std::vector<hash_batch> batches;
    std::uint64_t bytes = batch_bytes;  // the first file opens a batch
    for (std::size_t index = 0; index < files.size(); ++index) {
        if (bytes >= batch_bytes || batches.back().paths.size() >= batch_files) {
            batches.push_back({index, {}});
            bytes = 0;
        }
        batches.back().paths.push_back(files[index].path);
        bytes += files[index].size;
    }
    return batches;
}

}  // namespace

hash_workload::hash_workload(std::vector<file_entry> files, std::size_t batch_files)
    : files_(std::move(files)), tasks_(cut(files_, batch_files)) {}

hash_workload::result hash_workload::run(const task& batch) {
    thread_local file_hasher hasher;
    result results;
    results.reserve(batch.paths.size());
    for (const std::string& path : batch.paths) {
        if (interrupt_requested()) break;  // the run is given up, nobody looks at these results
        results.push_back(hasher.hash(path));
        results.back().index = batch.first + results.size() - 1;
    }
    return results;
}

std::string hash_workload::subject() const {
    std::uint64_t bytes = 0;
    for (const file_entry& file : files_) bytes += file.size;
    return "SHA-256 of " + plural(files_.size(), "file", "files") + ", " + bytes_text(bytes) + ", in " +
           plural(tasks_.size(), "task", "tasks");
}

amount hash_workload::done(const result& results) {
    amount sum;
    for (const file_result& one : results) sum += {1, one.size, one.error.empty() ? 0U : 1U};
    return sum;
}

std::vector<std::string> hash_workload::differences(const std::vector<result>& expected,
                                                    const std::vector<result>& actual) const {
    return file_differences(flatten(expected), flatten(actual), files_);
}

std::vector<file_result> flatten(const std::vector<hash_workload::result>& results) {
    std::vector<file_result> all;
    for (const auto& batch : results) all.insert(all.end(), batch.begin(), batch.end());
    return all;
}

}  // namespace compare

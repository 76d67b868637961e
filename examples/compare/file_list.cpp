// SPDX-License-Identifier: MIT
#include "file_list.hpp"

#include "interrupt.hpp"
#include "text.hpp"
#include "usage_error.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace compare {
using namespace example_common;

namespace {

namespace fs = std::filesystem;

std::uint64_t size_or_zero(const fs::path& path) {
    std::error_code ignored;  // a file that has vanished gets its error when it is hashed
    const auto size = fs::file_size(path, ignored);
    return ignored ? 0 : size;
}

// Puts a directory's files into `files` and its directories into `pending`. The standard recursive iterator
// stops at the first directory it cannot open, so that the recursion is ours.
void list_one(const fs::path& directory, std::vector<file_entry>& files, std::vector<fs::path>& pending) {
    std::error_code problem;
    fs::directory_iterator entry(directory, problem);
    for (const fs::directory_iterator end; !problem && entry != end; entry.increment(problem)) {
        throw_if_interrupted();
        std::error_code unknown;
        const fs::file_status status = entry->symlink_status(unknown);
        if (fs::is_directory(status)) pending.push_back(entry->path());
        if (fs::is_regular_file(status))
            files.push_back({entry->path().native(), size_or_zero(entry->path())});
    }
    if (problem) files.push_back({directory.native(), 0});
}

void list_root(const std::string& root, std::vector<file_entry>& files) {
    std::error_code problem;
    const fs::file_status status = fs::status(root, problem);
    if (!fs::exists(status)) {
        throw usage_error("cannot look into " + printable(root) + ": " +
                          (problem ? problem.message() : std::string("No such file or directory")));
    }
    if (fs::is_regular_file(status)) {
        files.push_back({root, size_or_zero(root)});
        return;
    }
    if (!fs::is_directory(status)) {
        throw usage_error(printable(root) + " is neither a regular file nor a directory");
    }
    std::vector<fs::path> pending{root};
    while (!pending.empty()) {
        const fs::path directory = std::move(pending.back());
        pending.pop_back();
        list_one(directory, files, pending);
    }
}

}  // namespace

std::vector<file_entry> list_files(const std::vector<std::string>& roots) {
    std::vector<file_entry> files;
    for (const std::string& root : roots) list_root(root, files);
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    const auto same = [](const auto& a, const auto& b) { return a.path == b.path; };
    files.erase(std::unique(files.begin(), files.end(), same), files.end());
    return files;
}

std::vector<std::string> default_directories() {
    std::vector<std::string> present;
    for (const char* directory : {"/usr/include", "/usr/share/doc"}) {
        std::error_code ignored;
        if (fs::is_directory(directory, ignored)) present.emplace_back(directory);
    }
    return present;
}

}  // namespace compare

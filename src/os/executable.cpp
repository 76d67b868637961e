// SPDX-License-Identifier: MIT
#include "os/executable.hpp"

#include "os/memory_map.hpp"

#include <link.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

namespace penstock::os {
namespace {

const char* const own_link = "/proc/self/exe";

std::string started_file() {
    std::error_code error;
    const std::filesystem::path target = std::filesystem::read_symlink(own_link, error);
    return error ? std::string{} : target.string();
}

// The first module listed is the main program, also when the loader was started and mapped it later.
std::string main_program_file() {
    const void* headers = nullptr;
    ::dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* result) {
            *static_cast<const void**>(result) = info->dlpi_phdr;
            return 1;
        },
        static_cast<void*>(&headers));
    return file_mapped_at(headers);
}

// Valgrind shows us the link of its guest, but executing the link would start valgrind's own tool without
// arguments.
bool under_valgrind(const std::string& started) {
    const char* const preload = std::getenv("LD_PRELOAD");
    if (preload != nullptr && std::string_view{preload}.find("vgpreload") != std::string_view::npos)
        return true;
    constexpr std::array<std::string_view, 10> tools{"memcheck",  "helgrind", "drd",  "cachegrind",
                                                     "callgrind", "massif",   "dhat", "lackey",
                                                     "none",      "exp-bbv"};
    const std::string name = started.substr(started.rfind('/') + 1);
    return std::any_of(tools.begin(), tools.end(), [&](std::string_view tool) {  // memcheck-amd64-linux
        return name.ends_with("-linux") && name.starts_with(std::string{tool} + '-');
    });
}

bool started_through_loader(const std::string& started, const std::string& program) {
    return !started.empty() && !program.empty() && started != program;
}

std::string without_deleted(const std::string& name) {
    constexpr std::string_view mark = " (deleted)";
    return name.ends_with(mark) ? name.substr(0, name.size() - mark.size()) : name;
}

std::vector<std::string> own_command_line() {
    std::ifstream file{"/proc/self/cmdline", std::ios::binary};
    std::vector<std::string> result;
    for (std::string argument; std::getline(file, argument, '\0');) result.push_back(argument);
    return result;
}

bool takes_value(std::string_view option) {
    constexpr std::array<std::string_view, 7> with_value{
        "--library-path",         "--inhibit-rpath",    "--audit", "--preload", "--argv0",
        "--glibc-hwcaps-prepend", "--glibc-hwcaps-mask"};
    return std::find(with_value.begin(), with_value.end(), option) != with_value.end();
}

std::string absolute(const std::string& path, const std::string& directory) {
    return path.empty() || path.starts_with('/') || path.starts_with('$') ? path : directory + '/' + path;
}

// An empty piece of a library path means the current directory.
std::string absolute_library_path(const std::string& list, const std::string& directory) {
    std::string result;
    std::size_t begin = 0;
    while (true) {
        const std::size_t end = std::min(list.find_first_of(":;", begin), list.size());
        const std::string piece = list.substr(begin, end - begin);
        result += piece.empty() ? directory : absolute(piece, directory);
        if (end == list.size()) return result;
        result += list[end];
        begin = end + 1;
    }
}

// A preloaded library without a slash is searched for like any library: only names with one are files.
std::string absolute_preload(const std::string& list, const std::string& directory) {
    std::string result;
    std::size_t begin = 0;
    while (true) {
        const std::size_t end = std::min(list.find_first_of(": ", begin), list.size());
        const std::string piece = list.substr(begin, end - begin);
        result += piece.find('/') == std::string::npos ? piece : absolute(piece, directory);
        if (end == list.size()) return result;
        result += list[end];
        begin = end + 1;
    }
}

std::string absolute_value(std::string_view option, const std::string& value, const std::string& directory) {
    if (option == "--library-path") return absolute_library_path(value, directory);
    if (option == "--preload") return absolute_preload(value, directory);
    return value;
}

}  // namespace

std::vector<std::string> loader_prefix(const std::vector<std::string>& command_line,
                                       const std::string& program, const std::string& directory) {
    std::vector<std::string> prefix;
    if (!command_line.empty()) prefix.push_back(command_line[0]);
    std::size_t i = 1;
    for (; i < command_line.size() && command_line[i].starts_with("--"); ++i) {
        const std::string& option = command_line[i];
        prefix.push_back(option);
        if (!takes_value(option) || i + 1 == command_line.size()) continue;
        prefix.push_back(absolute_value(option, command_line[++i], directory));
    }
    // A program may have written over its command line (to change its title): then only the essential part is
    // left.
    if (i >= command_line.size()) prefix = {"ld.so"};
    prefix.push_back(program);
    return prefix;
}

self_command own_executable() {
    const std::string started = started_file();
    if (under_valgrind(started)) {
        const std::string program = main_program_file();
        return {without_deleted(program.empty() ? started : program), {}};
    }
    const std::string program = main_program_file();
    if (!started_through_loader(started, program)) return {own_link, {}};
    std::error_code ignored;
    const std::string directory = std::filesystem::current_path(ignored).string();
    return {own_link, loader_prefix(own_command_line(), without_deleted(program), directory)};
}

std::string describe_path() {
    std::string program = main_program_file();
    if (program.empty()) program = started_file();
    return program.empty() ? own_link : program;
}

}  // namespace penstock::os

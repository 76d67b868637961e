// SPDX-License-Identifier: MIT
// Penstock in a library that a foreign program has loaded. Its workers are a small program (tools/worker), which has no
// Penstock of its own: it loads the same library and enters the copy in there through penstock_worker_entry.
#include <penstock/init.hpp>

#include "os/loaded_modules.hpp"
#include "wire/worker_argument.hpp"

#include <penstock/detail/process_role.hpp>

#include <filesystem>
#include <stdexcept>

/// wire::worker_entry: never returns when `argv` is {the library's path, a worker's argument} and a pool gave it.
extern "C" __attribute__((visibility("default"))) void penstock_worker_entry(int argc, char** argv) {
    penstock::detail::this_process().worker_command = {"/proc/self/exe", argv[0]}; // for pools in this worker
    penstock::init(argc, argv);
}

namespace penstock {

namespace {

/// Where the library with this copy of Penstock is; empty when that is the program.
std::string own_library() {
    const auto place = os::locate(reinterpret_cast<const void*>(&penstock_worker_entry));
    return place ? os::module_path(place->module) : std::string();
}

} // namespace

void init_plugin(const std::string& worker_program) {
    const std::string library = own_library();
    if (library.empty())
        throw std::logic_error("penstock: init_plugin is for shared libraries that a program loads; a program calls "
                               "penstock::init(argc, argv)");
    if (detail::this_process().initialized) return;
    detail::this_process().worker_command = {std::filesystem::absolute(worker_program).string(), library};
    init(0, nullptr);
}

} // namespace penstock

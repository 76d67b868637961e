// SPDX-License-Identifier: MIT
// The modules of this process as the dynamic loader lists them: the cache behind loaded_modules.hpp.
//
// Threads: current_modules() from any. The list it returns never changes, a newer one takes its place; the
// addresses in it are good as long as their module stays loaded. Failure: std::bad_alloc only.
#pragma once

#include "os/loaded_modules.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace penstock::os {

struct module_list {
    struct part {  // one LOAD segment
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
        bool readable = false;
        bool executable = false;
    };
    struct module {
        module_id id;
        std::uintptr_t base = 0;
        std::string name;  // as the loader knows it; empty for the main program
        std::vector<part> parts;
    };

    std::vector<module> modules;  // the main program first
    std::uint64_t adds = 0;       // the loader's counters when the list was made
    std::uint64_t subs = 0;
};

std::shared_ptr<const module_list> current_modules();

}  // namespace penstock::os

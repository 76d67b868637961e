// SPDX-License-Identifier: MIT
#include "os/module_list.hpp"

#include "os/module_identity.hpp"

#include <link.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <mutex>

namespace penstock::os {
namespace {

using list_pointer = std::shared_ptr<const module_list>;

struct cache {
    std::mutex mutex;
    list_pointer list;
};

// Never destroyed: threads may still look up places while static objects go away.
cache& the_cache() {
    static cache& instance = *new cache;
    return instance;
}

struct counters {
    std::uint64_t adds = 0;
    std::uint64_t subs = 0;
};

// One call of the loader, 20 to 50 ns: the price of noticing a dlopen.
counters loader_counters() {
    counters now;
    ::dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* result) {
            *static_cast<counters*>(result) = {info->dlpi_adds, info->dlpi_subs};
            return 1;
        },
        &now);
    return now;
}

std::vector<module_list::part> parts_of(const dl_phdr_info& info) {
    std::vector<module_list::part> parts;
    for (std::size_t i = 0; i < info.dlpi_phnum; ++i) {
        const ElfW(Phdr)& header = info.dlpi_phdr[i];
        if (header.p_type != PT_LOAD) continue;
        parts.push_back(
            {header.p_vaddr, header.p_memsz, (header.p_flags & PF_R) != 0, (header.p_flags & PF_X) != 0});
    }
    return parts;
}

struct collection {
    list_pointer before;
    module_list result;
    std::exception_ptr failure;
};

// Hashing a large program takes milliseconds, so what is known is kept: the main program always, the others
// as long as nothing was unloaded (another library could lie at the old one's address).
const module_list::module* known(const collection& work, const dl_phdr_info& info) {
    if (!work.before) return nullptr;
    const auto& modules = work.before->modules;
    const bool is_main = work.result.modules.empty();
    if (!is_main && info.dlpi_subs != work.before->subs) return nullptr;
    const auto found = std::find_if(modules.begin(), modules.end(), [&](const auto& module) {
        return module.base == info.dlpi_addr && module.name == info.dlpi_name;
    });
    return found == modules.end() ? nullptr : &*found;
}

void collect(collection& work, const dl_phdr_info& info) {
    work.result.adds = info.dlpi_adds;
    work.result.subs = info.dlpi_subs;
    if (const module_list::module* old = known(work, info)) {
        work.result.modules.push_back(module_list::module{*old});
        return;
    }
    // The loader's lock is held here: the module cannot be unmapped while its bytes are read.
    work.result.modules.push_back({identity_of(info), info.dlpi_addr, info.dlpi_name, parts_of(info)});
}

list_pointer list_modules(list_pointer before) {
    collection work{std::move(before), {}, nullptr};
    ::dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* data) {
            auto& target = *static_cast<collection*>(data);
            try {
                collect(target, *info);
                return 0;
            } catch (...) {  // must not fly through the C library
                target.failure = std::current_exception();
                return 1;
            }
        },
        &work);
    if (work.failure) std::rethrow_exception(work.failure);
    return std::make_shared<const module_list>(std::move(work.result));
}

}  // namespace

std::shared_ptr<const module_list> current_modules() {
    const counters now = loader_counters();
    cache& shared = the_cache();
    list_pointer before;
    {
        const std::lock_guard lock{shared.mutex};
        if (shared.list && shared.list->adds == now.adds && shared.list->subs == now.subs) return shared.list;
        before = shared.list;
    }
    // Without our lock: a program may call us from inside its own dl_iterate_phdr, with the loader's lock
    // held.
    list_pointer fresh = list_modules(std::move(before));
    const std::lock_guard lock{shared.mutex};
    const bool newer = !shared.list || fresh->adds + fresh->subs >= shared.list->adds + shared.list->subs;
    if (newer) shared.list = fresh;
    return fresh;
}

}  // namespace penstock::os

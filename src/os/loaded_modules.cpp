// SPDX-License-Identifier: MIT
#include "os/loaded_modules.hpp"

#include "os/address.hpp"
#include "os/memory_map.hpp"
#include "os/module_list.hpp"

#include <dlfcn.h>
#include <link.h>
#include <unwind.h>

#include <algorithm>
#include <memory>

namespace penstock::os {
namespace {

bool is_kind(const module_list::part& part, segment kind) {
    return kind == segment::executable ? part.executable : part.readable;
}

// Written so that no sum can overflow: the numbers come from another process.
bool holds(const module_list::part& part, std::uint64_t offset, std::uint64_t bytes) {
    return offset >= part.offset && bytes <= part.size && offset - part.offset <= part.size - bytes;
}

bool covers(const module_list::module& module, std::uintptr_t address) {
    const std::uint64_t offset = address - module.base;  // wraps far out of every part when it lies below
    return std::any_of(module.parts.begin(), module.parts.end(),
                       [&](const module_list::part& part) { return holds(part, offset, 1); });
}

const module_list::module* find(const module_list& list, const module_id& id) {
    const auto& all = list.modules;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& module) { return module.id == id; });
    return found == all.end() ? nullptr : &*found;
}

// A program that is not position-independent takes the address of its own stub for a function of a library; so do the
// libraries, as the program's list of symbols tells them. The unwinder sees all stubs as one.
bool is_exported_function(const void* address) noexcept {
    Dl_info found{};
    void* extra = nullptr;
    if (::dladdr1(address, &found, &extra, RTLD_DL_SYMENT) == 0 || found.dli_saddr != address) return false;
    const auto* symbol = static_cast<const ElfW(Sym)*>(extra);
    return symbol != nullptr && ELF64_ST_TYPE(symbol->st_info) == STT_FUNC;
}

bool is_unwound_function(const void* address) noexcept {
    // The unwinder looks up return addresses, which lie behind a call: one beyond the address is the address
    // itself.
    void* const inside = const_cast<void*>(pointer_to(number_of(address) + 1));
    return ::_Unwind_FindEnclosingFunction(inside) == address;
}

}  // namespace

std::optional<code_place> locate(const void* address) {
    const auto list = current_modules();
    const std::uintptr_t number = number_of(address);
    for (const auto& module : list->modules) {
        if (covers(module, number)) return code_place{module.id, number - module.base};
    }
    return std::nullopt;
}

const void* resolve(const code_place& place, segment kind, std::size_t bytes_needed) {
    const auto list = current_modules();
    for (const auto& module : list->modules) {
        if (module.id != place.module) continue;
        for (const auto& part : module.parts) {
            if (is_kind(part, kind) && holds(part, place.offset, std::max<std::size_t>(bytes_needed, 1)))
                return pointer_to(module.base + place.offset);
        }
    }
    return nullptr;
}

bool is_function_start(const void* address) noexcept {
    return address != nullptr && (is_unwound_function(address) || is_exported_function(address));
}

std::string module_path(const module_id& id) {
    const auto list = current_modules();
    const module_list::module* const module = find(*list, id);
    if (module == nullptr || module == &list->modules.front()) return {};
    if (module->name.starts_with('/')) return module->name;
    // It was opened by a relative name, and the current directory may have changed since.
    if (module->parts.empty()) return {};
    return file_mapped_at(pointer_to(module->base + module->parts[0].offset));
}

bool load_module(const std::string& path, const module_id& expected) {
    if (find(*current_modules(), expected) != nullptr) return true;
    if (path.empty()) return false;  // dlopen would take it as the main program
    void* const library = ::dlopen(path.c_str(), RTLD_NOW);
    if (library == nullptr) return false;
    if (find(*current_modules(), expected) != nullptr) return true;
    ::dlclose(library);
    return false;
}

}  // namespace penstock::os

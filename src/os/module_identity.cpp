// SPDX-License-Identifier: MIT
#include "os/module_identity.hpp"

#include "os/address.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

namespace penstock::os {
namespace {

constexpr std::uint64_t odd_1 = 0x9e3779b97f4a7c15U;
constexpr std::uint64_t odd_2 = 0xc2b2ae3d27d4eb4fU;

std::uint64_t stirred(std::uint64_t value) noexcept {  // the finish of splitmix64
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

struct hash_state {
    std::uint64_t first = odd_1;
    std::uint64_t second = odd_2;

    void add(std::uint64_t word) noexcept {
        first = std::rotl((first ^ word) * odd_1, 29);
        second = std::rotl(second + word, 31) * odd_2 + first;
    }
};

// A code segment may hold constants between which the address sanitizer keeps forbidden ground, hence the
// attribute and no memcpy (which it replaces by a checking one).
__attribute__((no_sanitize("address", "undefined", "thread"))) void add_bytes(hash_state& state,
                                                                              const unsigned char* bytes,
                                                                              std::size_t size) noexcept {
    std::size_t at = 0;
    for (; at + 8 <= size; at += 8) {
        std::uint64_t word = 0;
        for (std::size_t i = 8; i-- > 0;) word = word << 8 | bytes[at + i];
        state.add(word);
    }
    std::uint64_t rest = 0;
    for (std::size_t i = size; i-- > at;) rest = rest << 8 | bytes[i];
    state.add(rest);
    state.add(size);
}

// p_vaddr counts from the load base, which need not be the start of anything.
const std::uint8_t* mapped(const dl_phdr_info& info, const ElfW(Phdr) & header) noexcept {
    return static_cast<const std::uint8_t*>(pointer_to(info.dlpi_addr + header.p_vaddr));
}

std::span<const ElfW(Phdr)> headers_of(const dl_phdr_info& info) noexcept {
    return {info.dlpi_phdr, info.dlpi_phnum};
}

bool is_loaded(const dl_phdr_info& info, const ElfW(Phdr) & note) noexcept {
    const auto headers = headers_of(info);
    return std::any_of(headers.begin(), headers.end(), [&](const ElfW(Phdr) & load) {
        const bool readable = load.p_type == PT_LOAD && (load.p_flags & PF_R) != 0;
        return readable && note.p_vaddr >= load.p_vaddr && note.p_filesz <= load.p_filesz &&
               note.p_vaddr - load.p_vaddr <= load.p_filesz - note.p_filesz;
    });
}

// A note: {name size, content size, type}, the name, the content; each padded to the segment's alignment.
std::span<const std::uint8_t> build_id_in(std::span<const std::uint8_t> notes,
                                          std::size_t alignment) noexcept {
    const auto padded = [&](std::size_t size) { return (size + alignment - 1) / alignment * alignment; };
    while (notes.size() >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) head;
        std::memcpy(&head, notes.data(), sizeof head);
        const std::size_t content = sizeof head + padded(head.n_namesz);
        if (content > notes.size() || head.n_descsz > notes.size() - content) return {};
        const bool by_gnu = head.n_namesz == 4 && std::memcmp(notes.data() + sizeof head, "GNU", 4) == 0;
        if (by_gnu && head.n_type == NT_GNU_BUILD_ID) return notes.subspan(content, head.n_descsz);
        notes = notes.subspan(std::min(notes.size(), content + padded(head.n_descsz)));
    }
    return {};
}

std::span<const std::uint8_t> build_id_of(const dl_phdr_info& info) noexcept {
    for (const ElfW(Phdr) & header : headers_of(info)) {
        if (header.p_type != PT_NOTE || !is_loaded(info, header)) continue;
        const std::size_t alignment = header.p_align == 8 ? 8 : 4;
        const auto found = build_id_in({mapped(info, header), header.p_filesz}, alignment);
        if (!found.empty()) return found;
    }
    return {};
}

}  // namespace

module_id hash_of(const void* bytes, std::size_t size) noexcept {
    hash_state state;
    add_bytes(state, static_cast<const unsigned char*>(bytes), size);
    const std::uint64_t words[3] = {stirred(state.first), stirred(state.second ^ state.first),
                                    stirred(state.second + odd_1)};
    module_id id;
    std::memcpy(id.bytes.data(), words, id.bytes.size());
    return id;
}

module_id id_from_build_id(const std::uint8_t* bytes, std::size_t size) noexcept {
    module_id id;
    if (size > id.bytes.size()) return hash_of(bytes, size);
    std::copy_n(bytes, size, id.bytes.begin());
    return id;
}

module_id identity_of(const dl_phdr_info& info) noexcept {
    const auto build_id = build_id_of(info);
    if (!build_id.empty()) return id_from_build_id(build_id.data(), build_id.size());
    constexpr unsigned readable_code = PF_R | PF_X;
    for (const ElfW(Phdr) & header : headers_of(info)) {
        if (header.p_type == PT_LOAD && (header.p_flags & readable_code) == readable_code)
            return hash_of(mapped(info, header), header.p_filesz);
    }
    // A library of nothing but data: its layout has to do.
    return hash_of(info.dlpi_phdr, info.dlpi_phnum * sizeof(ElfW(Phdr)));
}

}  // namespace penstock::os

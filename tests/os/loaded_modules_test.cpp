// SPDX-License-Identifier: MIT
#include "os/loaded_modules.hpp"

#include "os/address.hpp"
#include "os/executable.hpp"
#include "os/module_identity.hpp"
#include "test_tools.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <link.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace penstock::os {
namespace {

const std::array<std::uint32_t, 4> a_constant{1, 2, 3, 4};

__attribute__((noinline)) int a_function(int value) { return value * 3 + static_cast<int>(a_constant[1]); }

const void* address_of(int (*function)(int)) { return reinterpret_cast<const void*>(function); }

code_place place_of(const void* address) { return locate(address).value(); }

TEST(loaded_modules, a_function_is_found_again) {
    const code_place place = place_of(address_of(a_function));
    EXPECT_EQ(resolve(place, segment::executable, 1), address_of(a_function));
    EXPECT_NE(place.module, module_id{});
}

TEST(loaded_modules, a_constant_is_found_again) {
    const code_place place = place_of(&a_constant);
    EXPECT_EQ(place.module, place_of(address_of(a_function)).module);
    EXPECT_EQ(resolve(place, segment::data, sizeof a_constant), &a_constant);
}

TEST(loaded_modules, data_is_not_code) {
    static int writable = 0;  // not even where constants lie beside the code
    EXPECT_EQ(resolve(place_of(&writable), segment::executable, 1), nullptr);
    EXPECT_EQ(resolve(place_of(&writable), segment::data, sizeof writable), &writable);
}

TEST(loaded_modules, places_outside_are_refused) {
    code_place place = place_of(&a_constant);
    const std::uint64_t inside = place.offset;
    EXPECT_EQ(resolve(place, segment::data, std::size_t{1} << 40), nullptr);
    EXPECT_EQ(resolve(place, segment::data, SIZE_MAX), nullptr);
    for (const std::uint64_t offset :
         {UINT64_MAX, UINT64_MAX - 3, std::uint64_t{1} << 40, inside + (UINT64_MAX / 2 + 1)}) {
        place.offset = offset;
        EXPECT_EQ(resolve(place, segment::data, 8), nullptr) << offset;
        EXPECT_EQ(resolve(place, segment::executable, 8), nullptr) << offset;
    }
    place.offset = inside;
    place.module.bytes[7] ^= 1;
    EXPECT_EQ(resolve(place, segment::data, 1), nullptr) << "no such module";
}

// The last bytes of a segment belong to it, the first ones after it do not.
TEST(loaded_modules, a_segment_ends_where_it_ends) {
    struct program {
        ElfW(Addr) base;
        ElfW(Phdr) code;
    } main_program{};
    ::dl_iterate_phdr(
        [](dl_phdr_info* info, std::size_t, void* result) {
            auto& found = *static_cast<program*>(result);
            found.base = info->dlpi_addr;
            for (int i = 0; i < info->dlpi_phnum; ++i) {
                const ElfW(Phdr)& header = info->dlpi_phdr[i];
                if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0) found.code = header;
            }
            return 1;
        },
        &main_program);
    code_place place = place_of(address_of(a_function));
    const ElfW(Phdr)& code = main_program.code;
    place.offset = code.p_vaddr;
    EXPECT_EQ(number_of(resolve(place, segment::executable, code.p_memsz)), main_program.base + code.p_vaddr);
    EXPECT_EQ(resolve(place, segment::executable, code.p_memsz + 1), nullptr);
    place.offset = code.p_vaddr + code.p_memsz - 1;
    EXPECT_NE(resolve(place, segment::executable, 1), nullptr);
    EXPECT_EQ(resolve(place, segment::executable, 2), nullptr);
    place.offset += 1;
    EXPECT_EQ(resolve(place, segment::executable, 1), nullptr);
    EXPECT_EQ(resolve(place, segment::executable, 0), nullptr);
}

TEST(loaded_modules, other_memory_is_nowhere) {
    const auto heap = std::make_unique<int>(1);
    const int local = 2;
    EXPECT_FALSE(locate(heap.get()));
    EXPECT_FALSE(locate(&local));
    EXPECT_FALSE(locate(nullptr));
    EXPECT_FALSE(locate(pointer_to(UINTPTR_MAX)));
}

TEST(loaded_modules, knows_where_functions_start) {
    const std::uintptr_t start = number_of(address_of(a_function));
    EXPECT_TRUE(is_function_start(pointer_to(start)));
    EXPECT_FALSE(is_function_start(pointer_to(start + 1)));
    EXPECT_FALSE(is_function_start(&a_constant));
    EXPECT_FALSE(is_function_start(nullptr));
    EXPECT_FALSE(is_function_start(pointer_to(UINTPTR_MAX)));
}

std::string as_text(const code_place& place) {
    std::ostringstream text;
    for (const std::uint8_t byte : place.module.bytes) text << std::hex << unsigned{byte} << ' ';
    text << place.offset << '\n';
    return text.str();
}

std::string own_places() {
    return as_text(place_of(address_of(a_function))) + as_text(place_of(&a_constant)) +
           as_text(place_of(reinterpret_cast<const void*>(&std::fclose)));
}

// The purpose of it all. The test runs itself once more to look from another process.
TEST(loaded_modules, another_process_gives_places_the_same_names) {
    const char* const report_wanted = "PENSTOCK_TEST_PLACES";
    if (std::getenv(report_wanted) != nullptr) {
        const std::string text = own_places();
        ASSERT_EQ(write_some(4, text.data(), text.size()).bytes, text.size());
        return;
    }
    ::setenv(report_wanted, "1", 1);
    test::started_child child = test::start(
        own_executable().path, {"child", "--gtest_brief=1",
                                "--gtest_filter=loaded_modules.another_process_gives_places_the_same_names"});
    ::unsetenv(report_wanted);
    EXPECT_EQ(test::read_all(child.result_read_end.get()), own_places());
    EXPECT_EQ(test::end_of(child.process).value, 0);
}

TEST(loaded_modules, the_main_program_has_no_path) {
    EXPECT_EQ(module_path(place_of(&a_constant).module), "");
    EXPECT_EQ(module_path(module_id{}), "");
}

// A small library of the C library's own that nothing here is linked against.
class extra_library {
public:
    static constexpr const char* name = "libanl.so.1";

    extra_library() : handle_{::dlopen(name, RTLD_NOW)} {}
    ~extra_library() { close(); }
    extra_library(const extra_library&) = delete;
    extra_library& operator=(const extra_library&) = delete;

    void close() {
        if (handle_ != nullptr) ::dlclose(handle_);
        handle_ = nullptr;
    }
    [[nodiscard]] bool found() const { return handle_ != nullptr; }
    [[nodiscard]] const void* an_address() const {
        link_map* map = nullptr;
        ::dlinfo(handle_, RTLD_DI_LINKMAP, &map);
        return map->l_ld;  // its dynamic section
    }
    static bool is_loaded() {
        void* const handle = ::dlopen(name, RTLD_NOW | RTLD_NOLOAD);
        if (handle != nullptr) ::dlclose(handle);
        return handle != nullptr;
    }
    // Takes back what load_module() has opened for good.
    static void unload() {
        void* const handle = ::dlopen(name, RTLD_NOW | RTLD_NOLOAD);
        if (handle == nullptr) return;
        ::dlclose(handle);
        ::dlclose(handle);
    }

private:
    void* handle_;
};

TEST(loaded_modules, follows_libraries_that_come_and_go) {
    static_cast<void>(locate(&a_constant));  // the list is cached now
    ASSERT_FALSE(extra_library::is_loaded());
    extra_library library;
    if (!library.found()) GTEST_SKIP() << "no " << extra_library::name << " on this machine";
    const code_place place = place_of(library.an_address());
    EXPECT_NE(place.module, place_of(&a_constant).module);
    EXPECT_EQ(resolve(place, segment::data, 8), library.an_address());
    const std::string path = module_path(place.module);
    EXPECT_TRUE(path.starts_with('/')) << path;
    EXPECT_NE(path.find(extra_library::name), std::string::npos);

    library.close();
    ASSERT_FALSE(extra_library::is_loaded());
    EXPECT_EQ(resolve(place, segment::data, 8), nullptr);
    EXPECT_EQ(module_path(place.module), "");

    EXPECT_TRUE(load_module(path, place.module));
    EXPECT_TRUE(extra_library::is_loaded());
    EXPECT_NE(resolve(place, segment::data, 8), nullptr);
    EXPECT_TRUE(load_module("/does not matter", place.module)) << "it is loaded already";
    extra_library::unload();
    EXPECT_FALSE(extra_library::is_loaded());
}

TEST(loaded_modules, another_library_is_not_the_expected_one) {
    extra_library library;
    if (!library.found()) GTEST_SKIP() << "no " << extra_library::name << " on this machine";
    code_place place = place_of(library.an_address());
    const std::string path = module_path(place.module);
    library.close();
    place.module.bytes[0] ^= 1;
    EXPECT_FALSE(load_module(path, place.module));
    EXPECT_FALSE(extra_library::is_loaded()) << "it was closed again";
    EXPECT_FALSE(load_module("/no/such/library.so", place.module));
    EXPECT_FALSE(load_module("/etc/passwd", place.module));
    EXPECT_FALSE(load_module("", place.module));
}

TEST(loaded_modules, may_be_asked_while_libraries_come_and_go) {
    std::atomic<bool> ended{false};
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    threads.reserve(3);
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            do {
                const auto place = locate(&a_constant);
                if (!place || resolve(*place, segment::data, sizeof a_constant) != &a_constant) ++wrong;
            } while (!ended);
        });
    }
    for (int i = 0; i < 50; ++i) extra_library{};
    ended = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST(module_identity, a_build_id_is_padded_or_hashed) {
    std::array<std::uint8_t, 32> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i + 1);
    const module_id shorter = id_from_build_id(bytes.data(), 8);
    EXPECT_EQ(shorter.bytes[7], 8);
    EXPECT_EQ(shorter.bytes[8], 0);
    const module_id exact = id_from_build_id(bytes.data(), 20);
    EXPECT_EQ(exact.bytes[19], 20);
    const module_id longer = id_from_build_id(bytes.data(), 32);
    EXPECT_NE(longer, exact);
    bytes[31] ^= 1;
    EXPECT_NE(id_from_build_id(bytes.data(), 32), longer);
}

TEST(module_identity, every_byte_counts) {
    std::vector<std::uint8_t> bytes(1003, 0x5a);
    const module_id whole = hash_of(bytes.data(), bytes.size());
    EXPECT_EQ(hash_of(bytes.data(), bytes.size()), whole);
    EXPECT_NE(hash_of(bytes.data(), bytes.size() - 1), whole);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] ^= 0x10;
        EXPECT_NE(hash_of(bytes.data(), bytes.size()), whole) << i;
        bytes[i] ^= 0x10;
    }
    bytes.assign(8, 0);
    EXPECT_NE(hash_of(bytes.data(), 0), hash_of(bytes.data(), 8));
}

}  // namespace
}  // namespace penstock::os

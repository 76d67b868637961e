// SPDX-License-Identifier: MIT
// Damaged and hostile bytes: every one of them must give an exception that can be looked at in all its parts.
#include "wire/crossing.hpp"
#include "wire/remote_error_record.hpp"

#include <cerrno>
#include <filesystem>
#include <future>
#include <ios>
#include <random>
#include <regex>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace penstock::wire {
namespace {

using byte_vector = std::vector<std::byte>;

byte_vector encoded(const std::exception_ptr& thrown) {
    const detail::byte_buffer bytes = encode_exception(thrown);
    return {bytes.bytes().begin(), bytes.bytes().end()};
}

/// A chain that holds a record with every kind of extra.
byte_vector rich_encoding() {
    return encoded(thrown_by([] {
        std::exception_ptr inner = thrown_by([] { throw std::string("innermost"); });
        const auto wrap = [&](const auto& e) {
            try {
                std::rethrow_exception(inner);
            } catch (...) {
                inner = thrown_by([&] { std::throw_with_nested(e); });
            }
        };
        wrap(std::regex_error(std::regex_constants::error_brace));
        wrap(std::future_error(std::future_errc::broken_promise));
        const std::error_code code(EIO, std::system_category());
        wrap(std::filesystem::filesystem_error("copy", "/a/b", "/c", code));
        wrap(task_timeout("inner"));
        wrap(std::ios_base::failure("stream"));
        wrap(std::out_of_range("index"));
        std::rethrow_exception(inner);
    }));
}

bool refused(const std::exception_ptr& arrived) {
    return caught_as<payload_error>(arrived);
}

/// Reads all that a chain holds, for the sanitizers to see; gives the length of it.
std::size_t touch(std::exception_ptr arrived) {
    std::size_t seen = 0;
    for (; arrived != nullptr; arrived = nested_in(arrived)) {
        const remote_info info = info_of(arrived);
        seen += what_of(arrived).size() + info.type_name.size() + info.label.size() + info.trace.size();
        caught_as<std::system_error>(arrived, [&](const auto& e) { seen += e.code().message().size(); });
        caught_as<std::future_error>(arrived, [&](const auto& e) { seen += e.code().message().size(); });
        caught_as<std::regex_error>(arrived, [&](const auto& e) { seen += e.code() != 0; });
        caught_as<std::filesystem::filesystem_error>(
            arrived, [&](const auto& e) { seen += e.path1().native().size() + e.path2().native().size(); });
    }
    return seen;
}

TEST(RemoteErrorBytes, ThatAreWholeAreNotRefused) {
    const std::exception_ptr arrived = decode_exception(rich_encoding(), test_origin);
    EXPECT_FALSE(refused(arrived));
    EXPECT_EQ(what_of(arrived), "index");
    int levels = 0;
    for (std::exception_ptr level = arrived; level != nullptr; level = nested_in(level)) ++levels;
    EXPECT_EQ(levels, 7);
}

TEST(RemoteErrorBytes, CutAnywhereAreRefused) {
    const byte_vector whole = rich_encoding();
    for (std::size_t size = 0; size != whole.size(); ++size) {
        const byte_vector cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        ASSERT_TRUE(refused(decode_exception(cut, test_origin))) << "after " << size << " bytes";
    }
}

TEST(RemoteErrorBytes, WithAnythingBehindThemAreRefused) {
    byte_vector longer = rich_encoding();
    longer.push_back(std::byte{0});
    EXPECT_TRUE(refused(decode_exception(longer, test_origin)));
}

TEST(RemoteErrorBytes, RefusalNamesSideAndReason) {
    const std::exception_ptr arrived = decode_exception({}, test_origin);
    ASSERT_TRUE(caught_as<payload_error>(arrived, [](const payload_error& e) {
        EXPECT_EQ(e.side(), payload_side::result_decode);
        EXPECT_EQ(e.type_name(), "std::exception_ptr");
    }));
    EXPECT_EQ(what_of(arrived), "result could not be decoded (type 'std::exception_ptr'): "
                                "a size of 1 is declared where 0 bytes are left");
}

void mutate(byte_vector& bytes, std::mt19937& random) {
    const auto below = [&](std::size_t limit) { return random() % limit; };
    for (std::size_t changes = 1 + below(4); changes != 0 && !bytes.empty(); --changes) {
        const auto at = static_cast<std::ptrdiff_t>(below(bytes.size()));
        switch (below(5)) {
        case 0: bytes[static_cast<std::size_t>(at)] ^= std::byte{1} << below(8); break;
        case 1: bytes[static_cast<std::size_t>(at)] = static_cast<std::byte>(below(256)); break;
        case 2: bytes[static_cast<std::size_t>(at)] = below(2) == 0 ? std::byte{0} : std::byte{255}; break;
        case 3: bytes.erase(bytes.begin() + at); break;
        default: bytes.insert(bytes.begin() + at, static_cast<std::byte>(below(256)));
        }
    }
}

TEST(RemoteErrorBytes, MutatedAtRandomAlwaysGiveAnException) {
    const byte_vector whole = rich_encoding();
    std::mt19937 random(20240607);
    int not_refused = 0;
    for (int round = 0; round != 20000; ++round) {
        byte_vector bytes = whole;
        mutate(bytes, random);
        const std::exception_ptr arrived = decode_exception(bytes, test_origin);
        ASSERT_NE(arrived, nullptr) << "round " << round;
        ASSERT_GT(touch(arrived), 0u) << "round " << round;
        not_refused += !refused(arrived);
    }
    EXPECT_GT(not_refused, 0) << "every mutation was refused: this test did not look at rebuilt exceptions";
    EXPECT_LT(not_refused, 20000);
}

TEST(RemoteErrorBytes, OfPureNoiseAlwaysGiveAnException) {
    std::mt19937 random(7);
    for (int round = 0; round != 2000; ++round) {
        byte_vector noise(random() % 200);
        for (std::byte& byte : noise) byte = static_cast<std::byte>(random() % (round % 2 == 0 ? 256 : 4));
        ASSERT_GT(touch(decode_exception(noise, test_origin)), 0u) << "round " << round;
    }
}

/// The encoding of a chain made of copies of this record.
byte_vector chain_of(exception_record record, std::size_t length, std::size_t declared) {
    detail::byte_buffer bytes;
    detail::output_archive archive(bytes);
    archive(static_cast<std::uint8_t>(declared));
    for (std::size_t i = 0; i != length; ++i) archive(record);
    return {bytes.bytes().begin(), bytes.bytes().end()};
}

TEST(RemoteErrorBytes, MayDeclareOneToSeventeenLevels) {
    const exception_record record;
    EXPECT_FALSE(refused(decode_exception(chain_of(record, 1, 1), test_origin)));
    EXPECT_FALSE(refused(decode_exception(chain_of(record, 17, 17), test_origin)));
    EXPECT_TRUE(refused(decode_exception(chain_of(record, 0, 0), test_origin)));
    EXPECT_TRUE(refused(decode_exception(chain_of(record, 18, 18), test_origin)));
    EXPECT_TRUE(refused(decode_exception(chain_of(record, 255, 255), test_origin)));
}

/// Decodes the exception with its kind replaced by this one and its value by that.
std::exception_ptr decode_as(const std::exception_ptr& thrown, int kind, int value) {
    std::exception_ptr nested;
    exception_record record = describe(thrown, nested);
    if (kind >= 0) record.kind = static_cast<std::uint8_t>(kind);
    record.value = value;
    return decode_exception(chain_of(record, 1, 1), test_origin);
}

TEST(RemoteErrorBytes, OfAnUnknownKindAreRefused) {
    const std::exception_ptr thrown = thrown_by([] { throw std::exception(); });
    std::exception_ptr nested;
    const int last = describe(thrown, nested).kind;
    for (int kind = 0; kind != 256; ++kind)
        EXPECT_EQ(refused(decode_as(thrown, kind, 0)), kind > last) << kind;
}

TEST(RemoteErrorBytes, WithACodeOutsideTheEnumerationAreRefused) {
    using namespace std::regex_constants;
    const std::exception_ptr thrown = thrown_by([] { throw std::regex_error(error_brace); });
    for (const int value : {0, static_cast<int>(error_stack), 15})
        EXPECT_FALSE(refused(decode_as(thrown, -1, value))) << value;
    for (const int value : {-1, 16, 1000, -2147483647 - 1, 2147483647})
        EXPECT_TRUE(refused(decode_as(thrown, -1, value))) << value;
}

} // namespace
} // namespace penstock::wire

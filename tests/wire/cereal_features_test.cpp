// SPDX-License-Identifier: MIT
// What cereal offers beyond a plain serialize function works with our archives too: class versions, minimal functions,
// split functions, base classes, and the raw data of its own containers.
#include <penstock/detail/crossable.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <valarray>

namespace cereal_features {

struct versioned {
    int x = 0;
    std::uint32_t seen = 0;
    template <class Archive>
    void serialize(Archive& archive, const std::uint32_t version) {
        archive(x);
        seen = version;
    }
};

struct minimal {
    int x = 0;
    template <class Archive>
    int save_minimal(const Archive&) const { return x; }
    template <class Archive>
    void load_minimal(const Archive&, const int& value) { x = value; }
};

struct split {
    std::string text;
    template <class Archive>
    void save(Archive& archive) const { archive(text.size(), text); }
    template <class Archive>
    void load(Archive& archive) {
        std::size_t size = 0;
        archive(size, text);
        if (size != text.size()) throw std::runtime_error("sizes differ");
    }
};

struct derived : versioned {
    std::unique_ptr<minimal> part;
    template <class Archive>
    void serialize(Archive& archive) { archive(cereal::base_class<versioned>(this), CEREAL_NVP(part)); }
};

} // namespace cereal_features
CEREAL_CLASS_VERSION(cereal_features::versioned, 3)

namespace penstock::detail {
namespace {

using namespace cereal_features;

template <class T>
T crossed(const T& value) {
    static_assert(is_crossable<T>);
    byte_buffer bytes;
    output_archive out(bytes);
    out(value);
    T received{};
    input_archive in(bytes.bytes());
    in(received);
    in.expect_end();
    return received;
}

TEST(cereal_features, class_versions) {
    const versioned received = crossed(versioned{17, 0});
    EXPECT_EQ(received.x, 17);
    EXPECT_EQ(received.seen, 3u);
}

TEST(cereal_features, minimal_functions) { EXPECT_EQ(crossed(minimal{17}).x, 17); }

TEST(cereal_features, split_functions) { EXPECT_EQ(crossed(split{"seventeen"}).text, "seventeen"); }

TEST(cereal_features, base_classes_and_named_values) {
    derived value;
    value.x = 17;
    value.part = std::make_unique<minimal>(minimal{18});
    const derived received = crossed(value);
    EXPECT_EQ(received.x, 17);
    EXPECT_EQ(received.part->x, 18);
}

TEST(cereal_features, strings_of_any_character) {
    EXPECT_EQ(crossed(std::wstring(L"w\u00e9")), L"w\u00e9");
    EXPECT_TRUE(crossed(std::u16string(u"u\u00e9")) == u"u\u00e9");
    EXPECT_TRUE(crossed(std::u32string(U"U\u00e9")) == U"U\u00e9");
    EXPECT_TRUE(crossed(std::u8string(u8"8\u00e9")) == u8"8\u00e9"); // GoogleTest has no printer for these
}

TEST(cereal_features, raw_data_takes_no_more_than_it_is) {
    byte_buffer bytes;
    output_archive out(bytes);
    out(std::array<int, 1000>{});
    EXPECT_EQ(bytes.size(), 1000 * sizeof(int));
    EXPECT_EQ(crossed(std::valarray<double>{1.5, 2.5})[1], 2.5);
}

TEST(cereal_features, a_string_that_claims_more_than_there_is_allocates_nothing) {
    byte_buffer bytes;
    output_archive out(bytes);
    out.write_size(std::size_t{1} << 60);
    std::wstring received;
    input_archive in(bytes.bytes());
    EXPECT_THROW(in(received), archive_error);
}

} // namespace
} // namespace penstock::detail

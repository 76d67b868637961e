// SPDX-License-Identifier: MIT
// Values of every kind go to a worker and come back as they were. How they are encoded:
// tests/wire/byte_archive_test.cpp.
#include "support/payload.hpp"
#include "support/pool_test.hpp"

#include <array>
#include <bitset>
#include <chrono>
#include <complex>
#include <deque>
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <tuple>
#include <unordered_map>
#include <variant>

namespace crossing_types {  // not anonymous, as cereal's registration wants names

enum class colour : std::uint8_t { red, green = 200 };
enum plain_enum { first, second = 70'000 };
struct nothing {
    friend bool operator==(const nothing&, const nothing&) = default;
};
struct point {
    int x = 0;
    std::string name;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(x, name);
    }
    friend bool operator==(const point&, const point&) = default;
};
struct size {
    double width = 0, height = 0;
    friend bool operator==(const size&, const size&) = default;
};
template <class Archive>
void serialize(Archive& archive, size& value) {  // found by its argument
    archive(value.width, value.height);
}
struct split {
    std::string text;
    template <class Archive>
    void save(Archive& archive) const {
        archive(text);
    }
    template <class Archive>
    void load(Archive& archive) {
        archive(text);
    }
    friend bool operator==(const split&, const split&) = default;
};
struct versioned {
    int x = 0;
    std::uint32_t version = 0;
    template <class Archive>
    void serialize(Archive& archive, std::uint32_t given) {
        archive(x);
        version = given;
    }
};
struct owner {  // move-only
    std::unique_ptr<point> mine;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(mine);
    }
};
struct shape {
    virtual ~shape() = default;
    virtual double area() const = 0;
};
struct square final : shape {
    double side = 0;
    double area() const override { return side * side; }
    template <class Archive>
    void serialize(Archive& archive) {
        archive(side);
    }
};
struct box final : shape {
    double a = 0, b = 0;
    double area() const override { return a * b; }
    template <class Archive>
    void serialize(Archive& archive) {
        archive(a, b);
    }
};
struct unregistered final : shape {
    double area() const override { return 0; }
};

}  // namespace crossing_types
CEREAL_CLASS_VERSION(crossing_types::versioned, 3)

#include <cereal/types/polymorphic.hpp>
CEREAL_REGISTER_TYPE(crossing_types::square)
CEREAL_REGISTER_TYPE(crossing_types::box)
CEREAL_REGISTER_POLYMORPHIC_RELATION(crossing_types::shape, crossing_types::square)
CEREAL_REGISTER_POLYMORPHIC_RELATION(crossing_types::shape, crossing_types::box)

namespace penstock::test {
namespace {

using namespace crossing_types;
using namespace std::chrono_literals;
using namespace std::string_literals;

class process_pool_types : public pool_test {
protected:
    template <class T>
    T there_and_back(const T& value) {
        return outcome_of(pool.submit([](const T& received) { return received; }, value));
    }
    template <class T>
    void expect_back(const T& value) {
        EXPECT_TRUE(there_and_back(value) == value) << __PRETTY_FUNCTION__;
    }
    process_pool pool{{.workers = 1}};
};

TEST_F(process_pool_types, numbers_and_enumerations) {
    expect_back(std::tuple(true, 'x', short{-3}, ~0ull, 1.5f, -0.25, 0.5L, char16_t{0x20ac}, std::byte{200}));
    expect_back(std::tuple(colour::green, second, std::errc::timed_out));
    expect_back(std::complex<double>(1, -2));
    expect_back(std::bitset<70>(5));
}

TEST_F(process_pool_types, times) {
    expect_back(std::tuple(17ns, 3h, std::chrono::duration<double>(0.5)));
    expect_back(std::chrono::system_clock::time_point(1'700'000'000s));
    expect_back(std::chrono::steady_clock::now());
}

TEST_F(process_pool_types, text_paths_and_error_codes) {
    expect_back("with a \0 inside"s);
    expect_back(std::u32string(U"\u20ac"));
    expect_back(std::filesystem::path("/a/b c/\xff"));
    expect_back(std::make_error_code(std::errc::no_space_on_device));
    expect_back(std::error_code(2, std::system_category()));
    EXPECT_EQ(there_and_back(std::make_error_code(std::errc::timed_out)), std::errc::timed_out);
}

TEST_F(process_pool_types, what_may_be_there_or_not) {
    expect_back(std::optional<std::string>("there"));
    expect_back(std::optional<std::vector<int>>());
    expect_back(std::variant<std::monostate, int, std::string>("third"));
    expect_back(std::variant<std::monostate, int, std::string>());
    expect_back(nothing{});
}

TEST_F(process_pool_types, containers_in_containers) {
    expect_back(std::map<std::string, std::vector<std::optional<std::pair<int, point>>>>{
        {"a", {{{1, point{2, "two"}}}, std::nullopt}}, {"", {}}});
    expect_back(std::vector<std::vector<std::vector<bool>>>{{{true}, {}}, {}});
    expect_back(std::unordered_map<int, std::set<std::string>>{{1, {"x", "y"}}, {2, {}}});
    expect_back(std::deque<std::list<std::array<std::string, 2>>>{{{"a", "b"}}, {}});
    expect_back(std::multimap<colour, size>{{colour::red, {1, 2}}, {colour::red, {3, 4}}});
    expect_back(std::vector<nothing>(5));
}

TEST_F(process_pool_types, of_a_users_own) {
    expect_back(point{1, "one"});     // a member serialize
    expect_back(size{1.5, 2.5});      // a free one
    expect_back(split{"in halves"});  // save and load
    const versioned back = there_and_back(versioned{17, 0});
    EXPECT_EQ(back.x, 17);
    EXPECT_EQ(back.version, 3u);
}

TEST_F(process_pool_types, views_as_parameters) {
    const std::vector<point> points{{1, "one"}, {2, "two"}};
    const auto text = [](std::string_view a, const char* b, const std::string& c) {
        return std::string(a) + b + c;
    };
    EXPECT_EQ(outcome_of(pool.submit(text, "a"s, "b", "c")), "abc");
    const auto names = [](std::span<const point> all, const std::span<const int>& more) {
        return all.front().name + all.back().name + std::to_string(more.size());
    };
    EXPECT_EQ(outcome_of(pool.submit(names, points, std::array<int, 3>{})), "onetwo3");
}

TEST_F(process_pool_types, move_only_ones) {
    owner given{std::make_unique<point>(point{1, "one"})};
    const owner back = outcome_of(pool.submit([](owner o) { return o; }, std::move(given)));
    ASSERT_NE(back.mine, nullptr);
    EXPECT_EQ(*back.mine, (point{1, "one"}));
    EXPECT_EQ(given.mine, nullptr) << "it was moved";
    std::vector<std::unique_ptr<std::string>> many;
    many.push_back(std::make_unique<std::string>("there"));
    many.push_back(nullptr);
    const auto strings = outcome_of(pool.submit(
        [](std::vector<std::unique_ptr<std::string>>&& all) { return std::move(all); }, std::move(many)));
    ASSERT_EQ(strings.size(), 2u);
    EXPECT_EQ(*strings.front(), "there");
    EXPECT_EQ(strings.back(), nullptr);
}

TEST_F(process_pool_types, shared_pointers_stay_shared) {
    const auto one = std::make_shared<point>(point{1, "one"});
    const auto back = there_and_back(std::vector<std::shared_ptr<point>>{one, one, nullptr});
    ASSERT_EQ(back.size(), 3u);
    EXPECT_EQ(*back[0], *one);
    EXPECT_EQ(back[0], back[1]);
    EXPECT_EQ(back[2], nullptr);
    EXPECT_NE(back[0], one) << "but it is another object than ours";
}

std::unique_ptr<shape> grown(std::unique_ptr<shape> given) {
    auto result = std::make_unique<square>();
    result->side = given->area();
    return result;
}
double total(const std::vector<std::shared_ptr<shape>>& all) {
    double sum = 0;
    for (const auto& each : all) sum += each->area();
    return sum;
}

TEST_F(process_pool_types, polymorphic_ones_that_are_registered) {
    auto given = std::make_unique<box>();
    given->a = 2, given->b = 3;
    const std::unique_ptr<shape> back = outcome_of(pool.submit(grown, std::move(given)));
    ASSERT_NE(dynamic_cast<square*>(back.get()), nullptr);
    EXPECT_EQ(back->area(), 36);
    auto a_box = std::make_shared<box>();
    a_box->a = a_box->b = 2;
    auto a_square = std::make_shared<square>();
    a_square->side = 1;
    EXPECT_EQ(outcome_of(pool.submit(total, std::vector<std::shared_ptr<shape>>{a_box, a_square, a_box})), 9);
}

TEST_F(process_pool_types, a_polymorphic_one_that_is_not_registered_is_a_payload_error) {
    try {
        auto never = pool.submit(grown, std::make_unique<unregistered>());
        ADD_FAILURE() << "it was sent";
    } catch (const payload_error& e) {
        EXPECT_EQ(e.side(), payload_side::argument_encode);
        EXPECT_NE(e.type_name().find("shape"), std::string::npos) << e.type_name();
        EXPECT_NE(std::string(e.what()).find("unregistered"), std::string::npos) << e.what();
    }
    expect_works(pool);
}

}  // namespace
}  // namespace penstock::test

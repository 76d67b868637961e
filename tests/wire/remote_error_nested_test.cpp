// SPDX-License-Identifier: MIT
#include "wire/crossing.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace penstock::wire {
namespace {

/// Throws this level with the next ones, down to `depth`, nested in it. Even ones are out_of_range.
[[noreturn]] void throw_level(int level, int depth) {
    const std::string text = "level " + std::to_string(level);
    const auto raise = [&](const auto& e) {
        if (level == depth) throw e;
        try {
            throw_level(level + 1, depth);
        } catch (...) {
            std::throw_with_nested(e);
        }
    };
    if (level % 2 == 0) raise(std::out_of_range(text));
    raise(std::runtime_error(text));
    std::abort();
}

void expect_level(const std::exception_ptr& arrived, int level) {
    EXPECT_EQ(what_of(arrived), "level " + std::to_string(level));
    EXPECT_EQ(caught_as<std::out_of_range>(arrived), level % 2 == 0);
    EXPECT_EQ(caught_as<std::runtime_error>(arrived), level % 2 != 0);
    const remote_info info = info_of(arrived);
    EXPECT_EQ(info.type_name, level % 2 == 0 ? "std::out_of_range" : "std::runtime_error");
    EXPECT_EQ(info.worker_pid, test_origin.worker_pid);
    EXPECT_EQ(info.label, test_origin.label);
}

/// How many exceptions are nested below the outermost one, each of them checked.
int cross_and_count(int depth) {
    std::exception_ptr arrived = cross_thrown([&] { throw_level(0, depth); });
    int level = 0;
    for (;; ++level) {
        expect_level(arrived, level);
        arrived = nested_in(arrived);
        if (arrived == nullptr) return level;
    }
}

TEST(RemoteNested, IsRebuiltLevelByLevel) {
    EXPECT_EQ(cross_and_count(0), 0);
    EXPECT_EQ(cross_and_count(1), 1);
    EXPECT_EQ(cross_and_count(15), 15);
    EXPECT_EQ(cross_and_count(16), 16);
}

TEST(RemoteNested, EndsAfterSixteenLevels) {
    EXPECT_EQ(max_nested_exceptions, 16u);
    EXPECT_EQ(cross_and_count(17), 16);
    EXPECT_EQ(cross_and_count(40), 16);
}

template <class Inner, class Outer>
std::exception_ptr cross_pair(const Inner& inner, const Outer& outer) {
    return cross_thrown([&] {
        try {
            throw inner;
        } catch (...) {
            std::throw_with_nested(outer);
        }
    });
}

struct without_base {};

TEST(RemoteNested, MixesKinds) {
    const std::exception_ptr arrived = cross_pair(42, worker_died("inner pool", {}));
    EXPECT_TRUE(caught_as<remote_exception>(arrived));
    EXPECT_FALSE(caught_as<worker_died>(arrived));
    EXPECT_EQ(what_of(arrived), "inner pool");
    EXPECT_EQ(info_of(arrived).type_name, "penstock::worker_died");
    EXPECT_TRUE(caught_as<remote_exception>(nested_in(arrived)));
    EXPECT_EQ(what_of(nested_in(arrived)), "the task threw a value of type 'int': 42");

    const std::exception_ptr other = cross_pair(std::domain_error("inside"), without_base());
    EXPECT_TRUE(caught_as<remote_exception>(other));
    EXPECT_TRUE(caught_as<std::domain_error>(nested_in(other)));
    EXPECT_EQ(what_of(nested_in(other)), "inside");
}

TEST(RemoteNested, ThatHoldsNothingIsNotNested) {
    struct holds_nothing : std::runtime_error, std::nested_exception {
        holds_nothing() : std::runtime_error("hollow") {}
    };
    const std::exception_ptr arrived = cross_thrown([] { throw holds_nothing(); });
    EXPECT_EQ(what_of(arrived), "hollow");
    EXPECT_TRUE(caught_as<std::runtime_error>(arrived));
    EXPECT_FALSE(caught_as<std::nested_exception>(arrived));
}

TEST(RemoteNested, KeepsTheOriginOfWhatAlreadyCrossed) {
    const std::exception_ptr inner = cross_thrown([] { throw std::range_error("far away"); });
    const std::exception_ptr outer = thrown_by([&] {
        try {
            std::rethrow_exception(inner);
        } catch (...) {
            std::throw_with_nested(std::runtime_error("near"));
        }
    });
    const std::exception_ptr arrived = cross(outer, {99, "outer"});
    EXPECT_EQ(info_of(arrived).worker_pid, 99);
    EXPECT_EQ(info_of(arrived).label, "outer");
    EXPECT_TRUE(caught_as<std::range_error>(nested_in(arrived)));
    EXPECT_EQ(info_of(nested_in(arrived)).type_name, "std::range_error");
    EXPECT_EQ(info_of(nested_in(arrived)).worker_pid, test_origin.worker_pid);
    EXPECT_EQ(info_of(nested_in(arrived)).label, test_origin.label);
}

TEST(RemoteNested, CrossesTwiceWhole) {
    const std::exception_ptr once = cross_thrown([] { throw_level(0, 16); });
    std::exception_ptr twice = cross(once, {99, "outer"});
    for (int level = 0; level <= 16; ++level, twice = nested_in(twice)) expect_level(twice, level);
    EXPECT_EQ(twice, nullptr);
}

} // namespace
} // namespace penstock::wire

// SPDX-License-Identifier: MIT
// Contract: results and arguments. Arguments follow the parameters, are owned by the task, and move where
// they can.
#pragma once

#include "contract/tools.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

namespace penstock::test {

inline std::size_t count_letters(std::string_view text) { return text.size(); }
inline std::string greet(const char* name) { return std::string("hello ") + name; }
inline int sum(std::span<const int> numbers) { return std::accumulate(numbers.begin(), numbers.end(), 0); }
inline int sum_of(const std::vector<int>& numbers) { return sum(numbers); }
inline std::vector<int> extend(std::vector<int>&& numbers) {
    numbers.push_back(4);
    return std::move(numbers);
}
inline std::unique_ptr<int> twice(std::unique_ptr<int> number) { return std::make_unique<int>(2 * *number); }
inline double half(double x) { return x / 2; }
inline const std::string& a_reference() {
    static const std::string text = "kept by the function";
    return text;
}
inline std::string after(const std::string& gate_path, std::string_view text) {
    gate::wait(gate_path);
    return std::string(text);
}
inline std::string letters(std::size_t count) { return std::string(count, 'x'); }

template <class Pool>
class contract_values : public ::testing::Test {
protected:
    Pool pool{{.workers = 2}};
};
TYPED_TEST_SUITE_P(contract_values);

TYPED_TEST_P(contract_values, of_functions_and_lambdas) {
    EXPECT_EQ(result_of(this->pool.submit(add, 2, 3)), 5);
    EXPECT_EQ(result_of(this->pool.submit([](int a, int b) { return a - b; }, 7, 3)), 4);
    EXPECT_EQ(result_of(this->pool.submit([] { return std::string("text"); })), "text");
}

TYPED_TEST_P(contract_values, void_results) {
    const tally marks;
    future<void> done = this->pool.submit(mark, marks.path());
    result_of(done);
    EXPECT_EQ(marks.count(), 1u);
}

TYPED_TEST_P(contract_values, strings_for_string_views) {
    const std::string owned = "four";
    EXPECT_EQ(result_of(this->pool.submit(count_letters, "three")), 5u);
    EXPECT_EQ(result_of(this->pool.submit(count_letters, owned)), 4u);
    EXPECT_EQ(result_of(this->pool.submit(count_letters, std::string_view("xy"))), 2u);
}

TYPED_TEST_P(contract_values, strings_for_pointers_to_char) {
    const char* const name = "world";
    EXPECT_EQ(result_of(this->pool.submit(greet, "moon")), "hello moon");
    EXPECT_EQ(result_of(this->pool.submit(greet, name)), "hello world");
}

TYPED_TEST_P(contract_values, vectors_for_spans) {
    const std::vector<int> vector{1, 2, 3};
    const std::array<int, 2> array{4, 5};
    EXPECT_EQ(result_of(this->pool.submit(sum, vector)), 6);
    EXPECT_EQ(result_of(this->pool.submit(sum, std::vector<int>{7, 8})), 15);
    EXPECT_EQ(result_of(this->pool.submit(sum, array)), 9);
    EXPECT_EQ(result_of(this->pool.submit(sum, std::span<const int>(vector))), 6);
}

TYPED_TEST_P(contract_values, const_references_copy) {
    const std::vector<int> kept{1, 2, 3};
    EXPECT_EQ(result_of(this->pool.submit(sum_of, kept)), 6);
    EXPECT_EQ(kept.size(), 3u);
}

TYPED_TEST_P(contract_values, rvalue_references_move) {
    std::vector<int> given{1, 2, 3};
    EXPECT_EQ(result_of(this->pool.submit(extend, std::move(given))), (std::vector<int>{1, 2, 3, 4}));
    EXPECT_TRUE(given.empty()); // NOLINT: a moved vector is empty here, as it is after any other call
}

TYPED_TEST_P(contract_values, move_only_arguments_and_results) {
    auto doubled = result_of(this->pool.submit(twice, std::make_unique<int>(21)));
    ASSERT_TRUE(doubled);
    EXPECT_EQ(*doubled, 42);
}

TYPED_TEST_P(contract_values, arguments_convert_to_the_parameter) {
    EXPECT_EQ(result_of(this->pool.submit(half, 5)), 2.5);
    EXPECT_EQ(result_of(this->pool.submit([](std::int64_t x) { return x; }, short{-3})), -3);
}

TYPED_TEST_P(contract_values, results_decay) {
    auto copied = this->pool.submit(a_reference);
    static_assert(std::is_same_v<decltype(copied), future<std::string>>);
    EXPECT_EQ(result_of(copied), "kept by the function");
}

TYPED_TEST_P(contract_values, large_and_empty_ones) {
    EXPECT_EQ(result_of(this->pool.submit(letters, 0u)), "");
    EXPECT_EQ(result_of(this->pool.submit(letters, 1u << 20)), std::string(1u << 20, 'x'));
    EXPECT_EQ(result_of(this->pool.submit(count_letters, std::string(1u << 20, 'y'))), 1u << 20);
    EXPECT_EQ(result_of(this->pool.submit(sum, std::vector<int>{})), 0);
}

REGISTER_TYPED_TEST_SUITE_P(contract_values, of_functions_and_lambdas, void_results, strings_for_string_views,
                            strings_for_pointers_to_char, vectors_for_spans, const_references_copy,
                            rvalue_references_move, move_only_arguments_and_results,
                            arguments_convert_to_the_parameter, results_decay, large_and_empty_ones);

/// What the caller does while tasks run: not for a pool that runs them in submit.
template <class Pool>
class contract_values_under_way : public ::testing::Test {
protected:
    Pool pool{{.workers = 2}};
};
TYPED_TEST_SUITE_P(contract_values_under_way);

TYPED_TEST_P(contract_values_under_way, arguments_need_not_outlive_submit) {
    const gate go;
    future<std::string> late;
    {
        std::string text = "a text that is longer than any small string buffer";
        late = this->pool.submit(after, go.path(), std::string_view(text));
        text.assign(text.size(), '-');
    }
    go.open();
    EXPECT_EQ(result_of(late), "a text that is longer than any small string buffer");
}

REGISTER_TYPED_TEST_SUITE_P(contract_values_under_way, arguments_need_not_outlive_submit);

} // namespace penstock::test

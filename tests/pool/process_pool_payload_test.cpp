// SPDX-License-Identifier: MIT
// Payloads of every size come back byte for byte. The very large ones are in process_pool_large_test.cpp.
#include "support/payload.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"

#include <vector>

namespace penstock::test {
namespace {

std::string echo(std::string text) { return text; }
std::vector<char> echo_chars(const std::vector<char>& values) { return values; }
std::vector<double> echo_doubles(std::vector<double>&& values) { return std::move(values); }
std::size_t length(std::string_view text) { return text.size(); }
std::string make(std::size_t size) { return random_text(size, size); }

class process_pool_payload : public pool_test, public testing::WithParamInterface<std::size_t> {};

TEST_P(process_pool_payload, comes_back_as_it_was) {
    process_pool pool{{.workers = 2}};
    const std::string text = random_text(GetParam(), 3);
    const std::vector<char> chars(text.begin(), text.end());
    const std::vector<double> doubles = random_doubles(GetParam() / sizeof(double), 5);
    auto text_back = pool.submit(echo, text);
    auto chars_back = pool.submit(echo_chars, chars);
    auto doubles_back = pool.submit(echo_doubles, doubles);
    EXPECT_TRUE(outcome_of(text_back) == text);
    EXPECT_TRUE(outcome_of(chars_back) == chars);
    EXPECT_TRUE(outcome_of(doubles_back) == doubles);
}

TEST_P(process_pool_payload, moved_in_comes_back_as_it_was) {
    process_pool pool{{.workers = 1}};
    const std::vector<double> doubles = random_doubles(GetParam() / sizeof(double), 7);
    std::vector<double> given = doubles;
    auto back = pool.submit(echo_doubles, std::move(given));
    EXPECT_TRUE(outcome_of(back) == doubles);
}

TEST_P(process_pool_payload, travels_one_way) {
    process_pool pool{{.workers = 1}};
    EXPECT_EQ(outcome_of(pool.submit(length, random_text(GetParam()))), GetParam());
    EXPECT_TRUE(outcome_of(pool.submit(make, GetParam())) == random_text(GetParam(), GetParam()));
}

constexpr std::size_t kib = 1024;
INSTANTIATE_TEST_SUITE_P(sizes, process_pool_payload,
                         testing::Values(0, 1, 7, 8, 32 * kib - 32, 32 * kib, 64 * kib - 33, 64 * kib - 32, 64 * kib - 24,
                                         64 * kib - 1, 64 * kib, 64 * kib + 1, 128 * kib, 1024 * kib, 1024 * kib + 1,
                                         3'000'000),
                         [](const auto& each) { return std::to_string(each.param); });

class process_pool_packet : public pool_test {
protected:
    static constexpr std::size_t around = 24 + 8; // the frame's head and the length of the string
};

// 4,096 bytes go as one packet, more as a stream; several wait at a worker, both kinds mixed.
TEST_F(process_pool_packet, every_size_around_the_boundary_queued_together) {
    process_pool pool{{.workers = 2}};
    std::vector<future<std::string>> all;
    for (std::size_t frame = 3'900; frame <= 4'200; ++frame)
        all.push_back(pool.submit(echo, random_text(frame - around, frame)));
    for (std::size_t frame = 3'900; frame <= 4'200; ++frame)
        EXPECT_TRUE(outcome_of(all[frame - 3'900]) == random_text(frame - around, frame)) << frame;
}

TEST_F(process_pool_packet, every_size_around_the_boundary_one_after_another) {
    process_pool pool{{.workers = 1}};
    for (std::size_t frame = 3'900; frame <= 4'200; ++frame)
        EXPECT_TRUE(outcome_of(pool.submit(echo, random_text(frame - around, frame))) == random_text(frame - around, frame));
}

// The first task of a callable carries its token as well, in the same packet.
TEST_F(process_pool_packet, every_size_around_the_boundary_with_a_token) {
    const std::size_t step = with_sanitizer ? 16 : 1;
    for (std::size_t text = 3'860; text <= 4'090; text += step) {
        process_pool pool{{.workers = 1}};
        ASSERT_TRUE(outcome_of(pool.submit(echo, random_text(text, text))) == random_text(text, text)) << text;
    }
}

TEST_F(process_pool_packet, small_and_large_ones_alternate) {
    process_pool pool{{.workers = 2}};
    std::vector<future<std::string>> all;
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i != 600; ++i) sizes.push_back(i % 7 == 3 ? 100'000 + i : mix(i) % 5'000);
    for (const std::size_t size : sizes) all.push_back(pool.submit(echo, random_text(size, size)));
    for (std::size_t i = 0; i != sizes.size(); ++i)
        EXPECT_TRUE(outcome_of(all[i]) == random_text(sizes[i], sizes[i])) << "task " << i << " of " << sizes[i];
}

TEST_F(process_pool_packet, max_payload_bounds_both_directions) {
    process_pool pool{{.workers = 1, .max_payload = 200'000}};
    EXPECT_EQ(outcome_of(pool.submit(length, std::string(199'000, 'x'))), 199'000u);
    try {
        auto never = pool.submit(length, std::string(200'001, 'x'));
        ADD_FAILURE() << "an argument over the limit was taken";
    } catch (const payload_error& e) {
        EXPECT_EQ(e.side(), payload_side::argument_encode);
        EXPECT_NE(std::string(e.what()).find("200000"), std::string::npos) << e.what();
    }
    auto result = pool.submit(make, 200'001u);
    try {
        static_cast<void>(outcome_of(result));
        ADD_FAILURE() << "a result over the limit arrived";
    } catch (const payload_error& e) {
        EXPECT_EQ(e.side(), payload_side::result_encode);
        EXPECT_NE(std::string(e.what()).find("200000"), std::string::npos) << e.what();
    }
    expect_works(pool);
}

} // namespace
} // namespace penstock::test

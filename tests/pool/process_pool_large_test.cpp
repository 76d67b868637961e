// SPDX-License-Identifier: MIT
// Payloads of hundreds of megabytes and more, and both directions of all workers full at once.
#include "support/payload.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"

#include <fstream>
#include <vector>

namespace penstock::test {
namespace {

constexpr std::size_t mib = 1024 * 1024;

std::string echo(std::string text) { return text; }
std::vector<double> echo_doubles(std::vector<double> values) { return values; }

std::size_t available_memory() {
    std::ifstream file("/proc/meminfo");
    std::string name;
    for (std::size_t kib = 0; file >> name >> kib; file.ignore(80, '\n'))
        if (name == "MemAvailable:") return kib * 1024;
    return 0;
}

class process_pool_large : public pool_test {};

TEST_F(process_pool_large, text_of_256_mib_comes_back_as_it_was) {
    process_pool pool{{.workers = 1}};
    std::string text = random_text(256 * mib, 1);
    auto back = pool.submit(echo, std::move(text));
    EXPECT_TRUE(outcome_of(back) == random_text(256 * mib, 1));
}

TEST_F(process_pool_large, doubles_of_256_mib_come_back_as_they_were) {
    process_pool pool{{.workers = 1}};
    auto back = pool.submit(echo_doubles, random_doubles(32 * mib, 2));
    EXPECT_TRUE(outcome_of(back) == random_doubles(32 * mib, 2));
}

// While some workers write their answers others are still being written to: whoever blocked would block all.
TEST_F(process_pool_large, all_workers_receive_and_answer_64_mib_at_once) {
    process_pool pool{{.workers = 4}};
    std::vector<future<std::string>> all;
    for (std::uint64_t i = 0; i != 8; ++i) all.push_back(pool.submit(echo, random_text(64 * mib, i)));
    for (std::uint64_t i = 0; i != 8; ++i) EXPECT_TRUE(outcome_of(all[i]) == random_text(64 * mib, i)) << "task " << i;
}

/// Where the marks of a vector lie, the first and the last element among them.
std::size_t place_of_mark(std::size_t mark, std::size_t marks, std::size_t size) {
    return static_cast<std::size_t>(static_cast<double>(size - 1) * static_cast<double>(mark) / static_cast<double>(marks - 1));
}
constexpr std::size_t many_marks = 100'000;

std::uint64_t read_marks(const std::vector<char>& values) {
    std::uint64_t sum = values.size();
    for (std::size_t i = 0; i != many_marks; ++i)
        sum = mix(sum) + static_cast<unsigned char>(values[place_of_mark(i, many_marks, values.size())]);
    return sum;
}

TEST_F(process_pool_large, more_than_32_bits_of_length) {
    constexpr std::size_t size = 4096 * mib + 1;
    if (with_sanitizer) GTEST_SKIP() << "a sanitizer takes several times the 12 GB that this needs";
    if (const std::size_t there = available_memory(); there < std::size_t{12'500} * mib)
        GTEST_SKIP() << "12 GB of free memory are needed, " << there / mib << " MiB are available";
    process_pool pool{{.workers = 1}};
    std::vector<char> values(size);
    for (std::size_t i = 0; i != many_marks; ++i)
        values[place_of_mark(i, many_marks, size)] = static_cast<char>(mix(i));
    const std::uint64_t expected = read_marks(values);
    auto answer = pool.submit(read_marks, std::move(values));
    EXPECT_EQ(outcome_of(answer), expected);
}

} // namespace
} // namespace penstock::test

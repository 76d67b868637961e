// SPDX-License-Identifier: MIT
// Random bytes of random sizes, 16 of them on their way at any time, come back as they were: in all ways in which large
// data is moved (borrowed arguments, wide pipes, large pages, memory that is used again). PENSTOCK_RANDOM_MESSAGES of
// them (60 unless set).
#include "support/payload.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace penstock::test {
namespace {

using words = std::vector<std::uint64_t>;

words return_words(words&& values) { return std::move(values); }
std::string return_text(const std::string& text) { return text; }

std::size_t messages() {
    const char* asked = std::getenv("PENSTOCK_RANDOM_MESSAGES");
    return asked != nullptr ? std::strtoul(asked, nullptr, 10) : 60;
}

/// From 1 byte to 64 MiB, as many of each order of magnitude.
std::size_t any_size(std::mt19937_64& random) {
    const double orders = with_sanitizer ? 21 : 26;
    return static_cast<std::size_t>(std::exp2(std::uniform_real_distribution<double>(0, orders)(random)));
}

words any_words(std::mt19937_64& random, std::size_t bytes) {
    words values(bytes / sizeof(std::uint64_t) + 1);
    for (auto& value : values) value = random();
    return values;
}

struct in_flight {
    words sent;
    future<words> words_back;
    future<std::string> text_back;
};

bool is_as_it_was(in_flight& one) {
    if (one.words_back.valid()) return outcome_of(one.words_back) == one.sent;
    const std::string text = outcome_of(one.text_back);
    return text.size() == one.sent.size() * sizeof(std::uint64_t) &&
           std::memcmp(text.data(), one.sent.data(), text.size()) == 0;
}

class process_pool_random_bytes
    : public pool_test,
      public testing::WithParamInterface<std::tuple<std::size_t, batching, spinning>> {};

TEST_P(process_pool_random_bytes, come_back_as_they_were) {
    const auto [workers, batches, spin] = GetParam();
    const std::uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    process_pool pool{{.workers = workers, .batches = batches, .spin = spin}};
    std::deque<in_flight> open;
    for (std::size_t sent = 0, count = messages(); sent != count || !open.empty();) {
        if (sent != count && open.size() != 16) {
            in_flight one{any_words(random, any_size(random)), {}, {}};
            if (words given = one.sent; sent % 2 == 0)
                one.words_back = pool.submit(return_words, std::move(given));
            else
                one.text_back =
                    pool.submit(return_text, std::string(reinterpret_cast<const char*>(given.data()),
                                                         given.size() * sizeof(std::uint64_t)));
            open.push_back(std::move(one));
            ++sent;
        } else {
            ASSERT_TRUE(is_as_it_was(open.front())) << sent << " sent";
            open.pop_front();
        }
    }
}

INSTANTIATE_TEST_SUITE_P(modes, process_pool_random_bytes,
                         testing::Combine(testing::Values(std::size_t{2}, std::size_t{4}),
                                          testing::Values(batching::automatic, batching::never),
                                          testing::Values(spinning::adaptive)));
INSTANTIATE_TEST_SUITE_P(asleep, process_pool_random_bytes,
                         testing::Values(std::tuple(std::size_t{2}, batching::automatic, spinning::never)));

}  // namespace
}  // namespace penstock::test

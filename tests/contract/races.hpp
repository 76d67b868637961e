// SPDX-License-Identifier: MIT
// Contract: cancel against dispatch, at every moment.
#pragma once

#include "contract/continuations.hpp"

#include <cstdlib>
#include <thread>
#include <vector>

namespace penstock::test {

template <class Pool>
class contract_races : public ::testing::Test {
protected:
    Pool pool{{.workers = 2}};
};
TYPED_TEST_SUITE_P(contract_races);

TYPED_TEST_P(contract_races, of_cancel_have_one_outcome) {
    const char* wanted = std::getenv("PENSTOCK_RACE_ROUNDS"); // 100 make 100,000 races
    const std::size_t rounds = wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : 5;
    constexpr std::size_t batch = 1'000;
    const tally marks;
    std::size_t values = 0;
    std::size_t errors = 0;
    std::size_t cancelled = 0;
    for (std::size_t round = 0; round != rounds; ++round) {
        std::vector<shared_future<void>> futures;
        futures.reserve(batch);
        for (std::size_t i = 0; i != batch; ++i) futures.push_back(this->pool.submit(mark, marks.path()).share());
        std::size_t by_other = 0;
        std::thread other([&] { // from the back, and this thread from the front: one of them may succeed
            for (std::size_t i = batch; i-- != 0;) by_other += futures[i].cancel() ? 1 : 0;
        });
        for (auto& each : futures) cancelled += each.cancel() ? 1 : 0;
        other.join();
        cancelled += by_other;
        for (auto& each : futures) {
            try {
                result_of(each.then([] {}));
                ++values;
            } catch (const task_cancelled&) {
                ++errors;
            }
        }
    }
    EXPECT_EQ(errors, cancelled);
    EXPECT_EQ(values + errors, rounds * batch);
    EXPECT_EQ(marks.count(), values);
}

REGISTER_TYPED_TEST_SUITE_P(contract_races, of_cancel_have_one_outcome);

} // namespace penstock::test

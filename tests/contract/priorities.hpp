// SPDX-License-Identifier: MIT
// task_options.priority: which of the waiting tasks runs first, in both pools.
#pragma once

#include "contract/tools.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace penstock::test {

template <class Pool>
class contract_priorities : public ::testing::Test {
protected:
    /// One worker, so that what waits is begun in an order.
    Pool pool{{.workers = 1}};
};
TYPED_TEST_SUITE_P(contract_priorities);

inline void write_down(const std::string& path, const std::string& word) {
    std::ofstream(path, std::ios::app) << word << ' ';
}

TYPED_TEST_P(contract_priorities, urgent_tasks_overtake_and_equal_ones_do_not) {
    const temporary_directory directory;
    const std::string path = directory.path() + "/order";
    std::vector<future<void>> futures;
    {
        busy_worker<TypeParam> busy(this->pool);
        futures.push_back(this->pool.submit({.priority = task_priority::low}, write_down, path, std::string("low")));
        futures.push_back(this->pool.submit(write_down, path, std::string("normal")));
        futures.push_back(this->pool.submit({.priority = task_priority::high}, write_down, path, std::string("high")));
        futures.push_back(this->pool.submit({.priority = task_priority::high}, write_down, path, std::string("higher?")));
    }
    for (auto& each : futures) result_of(each);
    std::ifstream file(path);
    const std::string order((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(order, "high higher? normal low ");
}

REGISTER_TYPED_TEST_SUITE_P(contract_priorities, urgent_tasks_overtake_and_equal_ones_do_not);

} // namespace penstock::test

// SPDX-License-Identifier: MIT
// The contract of pools, for those that there are.
#include "pool_contract.hpp"

#include <penstock/process_pool.hpp>
#include <penstock/thread_pool.hpp>

PENSTOCK_POOL_CONTRACT(threads, ::testing::Types<penstock::thread_pool>);
PENSTOCK_POOL_CONTRACT(processes, ::testing::Types<penstock::process_pool>);

namespace penstock::test {
namespace {

TEST(contract_of_both, as_completed_takes_futures_of_different_pools) {
    thread_pool threads{{.workers = 1}};
    process_pool processes{{.workers = 1}};
    const gate first;
    const gate second;
    std::vector<future<int>> futures;
    futures.push_back(threads.submit(wait_and_return, second.path(), 2));
    futures.push_back(processes.submit(wait_and_return, first.path(), 1));
    auto completed = as_completed(futures, a_minute);
    auto next = completed.begin();
    first.open();
    EXPECT_EQ((*next).get(), 1);
    ++next;
    second.open();
    EXPECT_EQ((*next).get(), 2);
}

} // namespace
} // namespace penstock::test

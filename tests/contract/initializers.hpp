// SPDX-License-Identifier: MIT
// Contract: the initializer runs once in every worker, before its first task; when it throws, everybody
// learns why.
#pragma once

#include "contract/tools.hpp"

#include <vector>

namespace penstock::test {

/// What a worker's initializer left behind: a worker is a thread of its own, or a process of its own.
inline thread_local int initialized_with = 0;

inline void initialize(const std::string& marks, int value) {
    tally::mark(marks);
    initialized_with = value;
}
/// Meets the other task, so that two workers must run them; then tells what this worker was initialized with.
inline int meet(const std::string& here, const std::string& there) {
    gate::open(here);
    gate::wait(there);
    return initialized_with;
}
inline void fail_to_initialize(const std::string& why) { throw std::runtime_error(why); }
inline void fail_after(const std::string& gate_path) {
    gate::wait(gate_path);
    throw std::runtime_error("no weights");
}

template <class Pool>
class contract_initializer : public ::testing::Test {
protected:
    /// What the pool answers to a task, be it from submit or from the future.
    static std::string answer(Pool& pool) {
        try {
            auto refused = pool.submit(add, 1, 2);
            return message_of<pool_broken>(refused);
        } catch (const pool_broken& error) {
            return error.what();
        }
    }
};
TYPED_TEST_SUITE_P(contract_initializer);

TYPED_TEST_P(contract_initializer, runs_once_in_every_worker_before_its_first_task) {
    const tally marks;
    const gate first;
    const gate second;
    TypeParam pool{{.workers = 2, .initializer = call(initialize, marks.path(), 7)}};
    auto one = pool.submit(meet, first.path(), second.path());
    auto other = pool.submit(meet, second.path(), first.path());
    EXPECT_EQ(result_of(one), 7);
    EXPECT_EQ(result_of(other), 7);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(result_of(pool.submit([] { return initialized_with; })), 7);
    EXPECT_EQ(marks.count(), 2u);
}

TYPED_TEST_P(contract_initializer, gives_its_error_to_every_future) {
    const gate go;
    TypeParam pool{{.workers = 2, .initializer = call(fail_after, go.path())}};
    std::vector<future<int>> pending;
    for (int i = 0; i < 20; ++i) pending.push_back(pool.submit(add, 1, 2));
    go.open();
    for (auto& each : pending) {
        const std::string what = message_of<pool_broken>(each);
        EXPECT_NE(what.find("no weights"), std::string::npos) << what;
    }
    const std::string later = this->answer(pool);
    EXPECT_NE(later.find("no weights"), std::string::npos) << later;
    pool.wait_idle();
}

TYPED_TEST_P(contract_initializer, lists_its_error_as_a_cause) {
    TypeParam pool{{.workers = 1, .initializer = call(fail_to_initialize, "no model.bin here")}};
    try {
        auto refused = pool.submit(add, 1, 2);
        result_of(refused);
        ADD_FAILURE() << "nothing was thrown";
    } catch (const pool_broken& error) {
        ASSERT_FALSE(error.causes().empty());
        EXPECT_NE(error.causes().front().find("no model.bin here"), std::string::npos)
            << error.causes().front();
    }
    pool.shutdown();
    EXPECT_THROW(static_cast<void>(pool.submit(add, 1, 2)), error);
}

REGISTER_TYPED_TEST_SUITE_P(contract_initializer, runs_once_in_every_worker_before_its_first_task,
                            gives_its_error_to_every_future, lists_its_error_as_a_cause);

} // namespace penstock::test

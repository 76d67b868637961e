// SPDX-License-Identifier: MIT
// The fixture of tests of pools with a bound on what is pending: it keeps a worker busy so that the bound is reached.
#pragma once

#include "support/pool_test.hpp"

#include <vector>

namespace penstock::test {

class bounded_pool_test : public pool_test {
protected:
    ~bounded_pool_test() override { expect_back_to(before_); }

    /// Keeps the first worker busy until the gate opens.
    void hold(process_pool& pool) {
        held_.push_back(pool.submit(stay, there_.path(), release_.path()));
        there_.next();
    }
    void let_go() {
        release_.open();
        for (auto& each : held_) outcome_of(each);
        held_.clear();
    }

    arrivals there_;
    gate release_;
    std::vector<future<pid_t>> held_;
    process_state before_ = look_at_this_process();
};

} // namespace penstock::test

// SPDX-License-Identifier: MIT
// A worker that waits for what another one runs.
#pragma once

#include "event.hpp"

#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

namespace penstock::test {

/// A task that calls get() for another one, which runs already, and then `inner`: the first waits by then or is about to.
template <class F>
auto wait_for_what_runs(thread_pool& pool, F inner) {
    return pool.submit([&pool, inner] {
        event running;
        event about_to_wait;
        auto other = pool.submit([&] {
            running.set();
            EXPECT_TRUE(about_to_wait.wait());
            return inner();
        });
        EXPECT_TRUE(running.wait());
        about_to_wait.set();
        return other.get();
    });
}

} // namespace penstock::test

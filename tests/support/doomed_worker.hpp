// SPDX-License-Identifier: MIT
// A worker of a thread pool whose thread is ended by its task.
#pragma once

#include "contract/tools.hpp"

#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

#include <pthread.h>

namespace penstock::test {

/// Its task runs from the construction on, and ends the thread when it is told to. It has to be.
class doomed_worker {
public:
    explicit doomed_worker(thread_pool& pool)
        : task_(pool.submit([this] {
              begun_.set();
              if (go_.wait()) ::pthread_exit(nullptr);
          })) {
        EXPECT_TRUE(begun_.wait());
    }
    doomed_worker(const doomed_worker&) = delete;
    doomed_worker& operator=(const doomed_worker&) = delete;

    /// Returns when the future knows; the pool may hear of it a moment later.
    void end() {
        go_.set();
        EXPECT_THROW(result_of(task_), worker_died);
    }

private:
    event begun_;
    event go_;
    future<void> task_;
};

} // namespace penstock::test

// SPDX-License-Identifier: MIT
// The fixture of the forkserver's tests: pools whose workers are forked from a zygote, and a few tasks that see what the
// zygote's preload has made. Its static members are the tasks.
#pragma once

#include "os/system_calls.hpp"
#include "support/event_log.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"
#include "tally.hpp"

#include <set>
#include <string>

namespace penstock::test {

class process_pool_forkserver : public pool_test {
protected:
    ~process_pool_forkserver() override {
        os::calls() = real_;
        expect_back_to(before_);
    }
    void SetUp() override {
        if (with_thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer has a thread of its own in the zygote, which is never forked then";
    }

    static void load(const std::string& marks, int value) {
        tally::mark(marks);
        preloaded += value;
    }
    static int seen() { return preloaded; }
    static int change(int by) { return preloaded += by; }
    static void exit_with(int status) { ::_exit(status); }

    pool_options with(std::size_t workers) const { return {.workers = workers, .start = start_method::forkserver}; }
    pool_options with_load(std::size_t workers, int value) const {
        return {.workers = workers, .start = start_method::forkserver, .preload = call(load, marks_.path(), value)};
    }
    /// The only child of this process, which is the zygote once the pool is there.
    static pid_t zygote() {
        const std::set<pid_t> children = own_children();
        EXPECT_EQ(children.size(), 1u);
        return children.empty() ? -1 : *children.begin();
    }
    /// A task that runs in some worker, and the worker's pid.
    struct held_task {
        future<pid_t> result;
        pid_t worker;
    };
    held_task hold_one(process_pool& pool) {
        auto held = pool.submit(stay, there_.path(), release_.path());
        return {std::move(held), there_.next()};
    }
    static void expect_contains(const std::string& text, const std::string& part) {
        EXPECT_NE(text.find(part), std::string::npos) << text;
    }
    static pool_broken how_it_breaks(process_pool& pool) { return error_of<pool_broken>(pool.submit(twice, 1)); }

    inline static int preloaded = 0;
    const os::system_calls real_ = os::calls();
    tally marks_;
    arrivals there_;
    gate release_;
    event_log events_;
    process_state before_ = look_at_this_process();
};

} // namespace penstock::test

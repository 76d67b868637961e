// SPDX-License-Identifier: MIT
// The fixture of fork_map's tests: ends a test that hangs, writes no core files, and knows what an outcome failed with.
#pragma once

#include "support/sanitizers.hpp"
#include "support/waiting.hpp"

#include "os/thread_count.hpp"

#include <penstock/outcome.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <exception>
#include <string>

namespace penstock::test {

class fork_test : public testing::Test {
protected:
    fork_test() {
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);
    }
    void SetUp() override {
        if (with_thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer does not follow a process that was forked without exec";
        if (!os::is_single_threaded()) GTEST_SKIP() << "an earlier test, or a sanitizer, left a thread in this program";
    }

private:
    hang_guard guard_;
};

/// What it failed with, or "none", or "another: ..." where it is no Error.
template <class Error, class R>
std::string failure_of(const outcome<R>& ended) {
    if (ended) return "none";
    try {
        std::rethrow_exception(ended.error());
    } catch (const Error& e) {
        return e.what();
    } catch (const std::exception& e) {
        return std::string("another: ") + e.what();
    } catch (...) {
        return "another, no std::exception";
    }
}
template <class Error, class R>
bool failed_with(const outcome<R>& ended) {
    const std::string what = failure_of<Error>(ended);
    EXPECT_TRUE(what != "none" && !what.starts_with("another")) << what;
    return what != "none" && !what.starts_with("another");
}

} // namespace penstock::test

// SPDX-License-Identifier: MIT
// pool_options.traces: what a task throws tells where. This program is linked with penstock::traces where that exists.
#include "support/pool_test.hpp"

#include <penstock/detail/throw_probe.hpp>
#include <penstock/register_exception.hpp>
#include <penstock/thread_pool.hpp>

#include <stdexcept>

namespace penstock::test {

// Not in the unnamed namespace: without debug information the linker's names are all there is.
[[gnu::noinline]] int throw_deep(int depth) {
    if (depth == 0) throw std::out_of_range("deep down");
    return throw_deep(depth - 1) + 1;
}
[[gnu::noinline]] int throw_again(int depth) {
    try {
        return throw_deep(depth);
    } catch (...) {
        throw;
    }
}
[[gnu::noinline]] int throw_from_the_library(std::size_t place) { return std::vector<int>(3).at(place); }
[[gnu::noinline]] int throw_for_an_odd_one(int number) {
    if (number % 2 != 0) throw std::invalid_argument("odd");
    return number;
}

struct own_error : std::runtime_error {
    own_error() : std::runtime_error("own") {}
    template <class Archive>
    void serialize(Archive&) {}
};
const bool registered = register_exception<own_error>();
[[gnu::noinline]] void throw_own() { throw own_error(); }

/// A task that is a parent itself: what it throws was thrown elsewhere.
int throw_in_a_worker_of_its_own(int depth) {
    process_pool inner{{.workers = 1, .traces = true}};
    return inner.submit(throw_deep, depth).get();
}

namespace {

class exception_traces : public pool_test {
protected:
    void SetUp() override {
        if (!detail::has_trace_maker())
            GTEST_SKIP() << "Boost.Stacktrace or libbacktrace is not there (CMake said which)";
    }
    static std::string trace_of(const std::exception_ptr& thrown) {
        try {
            std::rethrow_exception(thrown);
        } catch (const remote_info& info) {
            return info.trace;
        }
    }
    template <class F, class... Args>
    static std::string trace_of(process_pool& pool, F f, Args... args) {
        auto failed = pool.submit(f, args...);
        try {
            outcome_of(failed);
        } catch (...) {
            return trace_of(std::current_exception());
        }
        return "nothing was thrown";
    }
    static std::size_t count(const std::string& text, const std::string& part) {
        std::size_t found = 0;
        for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
        return found;
    }
};

TEST_F(exception_traces, name_the_functions_from_the_throw_to_the_task) {
    process_pool pool{{.workers = 1, .traces = true}};
    const std::string trace = trace_of(pool, throw_deep, 3);
    EXPECT_TRUE(trace.starts_with("#0 ")) << trace;
    const std::string first = trace.substr(0, trace.find('\n'));
    EXPECT_NE(first.find("throw_deep"), first.npos) << trace;
    EXPECT_EQ(count(trace, "__cxa_throw"), 0u) << trace;       // neither the throw itself
    EXPECT_EQ(count(trace, "penstock::worker"), 0u) << trace;  // nor what is below the task
    EXPECT_NE(trace_of(pool, throw_from_the_library, std::size_t{7}).find("throw_from_the_library"),
              trace.npos);
}

TEST_F(exception_traces, are_those_of_the_last_throw) {
    process_pool pool{{.workers = 1, .traces = true}};
    const std::string trace = trace_of(pool, throw_again, 3);
    EXPECT_EQ(count(trace, "throw_deep"), 0u) << trace;
    EXPECT_GE(count(trace, "throw_again"), 1u) << trace;
}

TEST_F(exception_traces, are_each_tasks_own) {
    process_pool pool{{.workers = 1, .traces = true}};
    EXPECT_NE(trace_of(pool, throw_deep, 1), trace_of(pool, throw_from_the_library, std::size_t{7}));
    EXPECT_EQ(trace_of(pool, throw_deep, 1), trace_of(pool, throw_deep, 1));
}

TEST_F(exception_traces, come_with_each_item_of_a_chunk) {
    process_pool pool{{.workers = 1, .traces = true}};
    std::size_t failed = 0;
    for (const auto& one :
         pool.map_outcomes({.chunk = 4}, throw_for_an_odd_one, std::vector<int>{1, 2, 3, 4})) {
        if (one) continue;
        ++failed;
        EXPECT_NE(trace_of(one.error()).find("throw_for_an_odd_one"), std::string::npos)
            << trace_of(one.error());
    }
    EXPECT_EQ(failed, 2u);
}

TEST_F(exception_traces, come_with_registered_types_and_values) {
    process_pool pool{{.workers = 1, .traces = true}};
    EXPECT_NE(trace_of(pool, throw_own).find("throw_own"), std::string::npos);
    EXPECT_NE(trace_of(pool, [] { throw 17; }), "");
}

TEST_F(exception_traces, of_a_pool_within_a_worker_stay_those_of_the_first_crossing) {
    process_pool pool{{.workers = 1, .traces = true}};
    EXPECT_NE(trace_of(pool, throw_in_a_worker_of_its_own, 2).find("throw_deep"), std::string::npos);
}

TEST_F(exception_traces, a_thread_that_ends_itself_is_no_exception) {
    process_pool pool{{.workers = 1, .traces = true}};
    auto gone = pool.submit([] { ::pthread_exit(nullptr); });
    EXPECT_THROW(outcome_of(gone), worker_died);
    EXPECT_NE(trace_of(pool, throw_deep, 1), "");
}

TEST_F(exception_traces, are_empty_unless_asked_for) {
    process_pool pool{{.workers = 1}};
    EXPECT_EQ(trace_of(pool, throw_deep, 3), "");
}

}  // namespace
}  // namespace penstock::test

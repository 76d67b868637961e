// SPDX-License-Identifier: MIT
// What a thread pool offers beyond the contract of all pools: callables and arguments that cannot be sent,
// exceptions as they are, and a life inside its own tasks.
#include "contract/tools.hpp"
#include "support/sanitizers.hpp"

#include <penstock/thread_pool.hpp>
#include <penstock/when.hpp>

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace penstock::test {
namespace {

using detail::thread_call_problem;

struct account {
    int balance = 0;
    int plus(int x) const { return balance + x; }
    void pay_in(int x) { balance += x; }
};
struct shape {
    virtual ~shape() = default;
    virtual std::string name() const = 0;
};
struct circle : shape {
    std::string name() const override { return "circle"; }
};
struct animal {
    virtual ~animal() = default;
    virtual std::string name() const { return "animal"; }
};
struct dog : animal {
    std::string name() const override { return "dog"; }
};
struct callable_once {
    int operator()() && { return 7; }
    int operator()() & = delete;
};

void increment(int& x) { ++x; }
std::string name_of(const shape& s) { return s.name(); }
std::string name_of_animal(const animal& a) { return a.name(); }
bool is_address_of(const int& x, const int* p) { return &x == p; }
std::size_t length(const char* text) { return std::string_view(text).size(); }
int first_of(std::span<const int> numbers) { return numbers.front(); }

template <class F, class... Args>
constexpr thread_call_problem problem_of(F&&, Args&&...) {
    return detail::thread_call_for<F, Args...>::problem;
}
static_assert(problem_of(increment, 1) == thread_call_problem::mutable_reference);
static_assert(problem_of(add, 1) == thread_call_problem::argument_count);
static_assert(problem_of(add, 1, "two") == thread_call_problem::conversion);
static_assert(problem_of([](auto& x) { return x; }, 1) == thread_call_problem::invocation);
static_assert(problem_of(add, 1, 2) == thread_call_problem::none);

TEST(thread_pool, takes_every_callable) {
    thread_pool pool{{.workers = 2}};
    const std::string greeting = "hello ";
    EXPECT_EQ(result_of(pool.submit(
                  [&greeting](std::string_view name) { return greeting + std::string(name); }, "moon")),
              "hello moon");
    EXPECT_EQ(result_of(pool.submit([owned = std::make_unique<int>(5)] { return *owned; })), 5);
    EXPECT_EQ(result_of(pool.submit([count = 0]() mutable { return ++count; })), 1);
    EXPECT_EQ(result_of(pool.submit(std::function<int(int)>(same), 3)), 3);
    EXPECT_EQ(result_of(pool.submit(std::bind(add, std::placeholders::_1, 10), 4)), 14);
    EXPECT_EQ(result_of(pool.submit([](auto a, auto b) { return a + b; }, 1, 2.5)), 3.5);
    EXPECT_EQ(result_of(pool.submit(callable_once{})), 7);
    const auto reused = [](int x) { return 2 * x; };
    EXPECT_EQ(result_of(pool.submit(reused, 4)), 8);
}

TEST(thread_pool, takes_members) {
    thread_pool pool{{.workers = 1}};
    account mine{100};
    EXPECT_EQ(result_of(pool.submit(&account::plus, mine, 5)), 105);
    EXPECT_EQ(result_of(pool.submit(&account::balance, mine)), 100);
    result_of(pool.submit(&account::pay_in, &mine, 1));
    result_of(pool.submit(&account::pay_in, std::ref(mine), 1));
    EXPECT_EQ(mine.balance, 102);
    EXPECT_EQ(result_of(pool.submit(fn<&account::plus>, mine, 1)), 103);
}

TEST(thread_pool, keeps_references_that_are_asked_for) {
    thread_pool pool{{.workers = 1}};
    int number = 1;
    result_of(pool.submit(increment, std::ref(number)));
    result_of(
        pool.submit([](std::reference_wrapper<int> wrapped) { wrapped.get() += 10; }, std::ref(number)));
    result_of(pool.submit([](auto wrapped) { wrapped.get() += 100; }, std::ref(number)));
    EXPECT_EQ(number, 112);
    EXPECT_TRUE(result_of(pool.submit(is_address_of, std::cref(number), &number)));
    EXPECT_FALSE(result_of(pool.submit(is_address_of, number, &number)));
}

TEST(thread_pool, keeps_derived_arguments_whole) {
    thread_pool pool{{.workers = 1}};
    EXPECT_EQ(result_of(pool.submit(name_of, circle{})), "circle");
    EXPECT_EQ(result_of(pool.submit(name_of_animal, dog{})), "dog");
    EXPECT_EQ(result_of(pool.submit(name_of_animal, animal{})), "animal");
}

TEST(thread_pool, owns_what_views_point_to) {
    thread_pool pool{{.workers = 1}};
    busy_worker busy(pool);
    future<std::size_t> letters;
    future<int> number;
    future<std::string> text;
    {
        std::string name(100, 'x');
        std::vector<int> numbers{7};
        letters = pool.submit(length, name.c_str());
        number = pool.submit(first_of, std::span<const int>(numbers));
        text = pool.submit([](auto view) { return std::string(view); }, std::string_view(name));
        name.assign(name.size(), '-');
        numbers[0] = 0;
    }
    busy.release();
    EXPECT_EQ(result_of(letters), 100u);
    EXPECT_EQ(result_of(number), 7);
    EXPECT_EQ(result_of(text), std::string(100, 'x'));
}

TEST(thread_pool, refuses_a_null_string) {
    thread_pool pool{{.workers = 1}};
    const char* const nothing = nullptr;
    EXPECT_THROW(static_cast<void>(pool.submit(length, nothing)), std::invalid_argument);
}

TEST(thread_pool, gives_exceptions_as_they_are) {
    struct special {
        int code;
    };
    thread_pool pool{{.workers = 1}};
    auto number = pool.submit([] { throw 7; });
    EXPECT_THROW(result_of(number), int);
    auto object = pool.submit([] { throw special{3}; });
    EXPECT_THROW(result_of(object), special);
    auto own = pool.submit([] { throw task_timeout("of another pool"); });
    EXPECT_EQ(message_of<task_timeout>(own), "of another pool");
}

TEST(thread_pool, frees_the_closure_before_the_future_is_ready) {
    thread_pool pool{{.workers = 1}};
    auto captured = std::make_shared<int>(1);
    auto done = pool.submit([captured](std::shared_ptr<int> argument) { return *argument; }, captured);
    done.wait();
    EXPECT_EQ(captured.use_count(), 1);
    auto failed = pool.submit([captured] { throw std::runtime_error("x"); });
    failed.wait();
    EXPECT_EQ(captured.use_count(), 1);
    busy_worker busy(pool);
    auto pending = pool.submit([captured] {});
    EXPECT_TRUE(pending.cancel());
    EXPECT_EQ(captured.use_count(), 1);
}

TEST(thread_pool, runs_callbacks_where_the_task_completed) {
    thread_pool pool{{.workers = 2}};
    gate release;
    event done;
    std::thread::id worker;
    std::thread::id in_callback;
    auto task = pool.submit([&] {
        release.wait();
        worker = std::this_thread::get_id();
    });
    task.on_done([&] {
        in_callback = std::this_thread::get_id();
        done.set();
    });
    release.open();
    ASSERT_TRUE(done.wait());
    EXPECT_EQ(in_callback, worker);
    busy_worker busy(pool);
    busy_worker other(pool);
    auto cancelled = pool.submit(do_nothing);
    cancelled.on_done([&] { in_callback = std::this_thread::get_id(); });
    EXPECT_TRUE(cancelled.cancel());
    EXPECT_EQ(in_callback, std::this_thread::get_id());
}

TEST(thread_pool, refuses_options_for_processes) {
    const auto refused = [](pool_options options, const char* field) {
        options.workers = 1;
        try {
            thread_pool pool{options};
            ADD_FAILURE() << field << " was accepted";
        } catch (const std::invalid_argument& error) {
            EXPECT_NE(std::string(error.what()).find(field), std::string::npos) << error.what();
        }
    };
    refused({.start_timeout = std::chrono::seconds(1)}, "start_timeout");
    refused({.grace = std::chrono::seconds(1)}, "grace");
    refused({.max_payload = 1}, "max_payload");
}

/// In a child process, as the limit is for good: 0 when the pool said what it should.
int build_a_pool_that_is_too_large() {
    const rlimit small{std::size_t{256} << 20, std::size_t{256} << 20};
    if (setrlimit(RLIMIT_AS, &small) != 0) return 2;
    try {
        thread_pool pool{{.workers = 60'000, .initializer = call([] {})}}; // without one it starts none yet
        return 3;
    } catch (const std::system_error& error) {
        const std::string what = error.what();
        return what.find("of 60000 worker threads could be started") != what.npos ? 0 : 4;
    }
}

TEST(thread_pool, says_how_many_threads_there_are_when_the_system_refuses_more) {
    if (with_sanitizer) GTEST_SKIP() << "sanitizers need more address space than this test leaves";
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) _exit(build_a_pool_that_is_too_large());
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status)) << status;
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(thread_pool, takes_any_callable_as_initializer) {
    std::atomic<int> calls{0};
    thread_pool pool{{.workers = 3, .initializer = call([&calls] { ++calls; })}};
    pool.shutdown();
    EXPECT_EQ(calls, 3);
}

TEST(thread_pool, waits_for_callbacks_when_it_waits_until_idle) {
    thread_pool pool{{.workers = 2}};
    std::atomic<int> done{0};
    for (int i = 0; i < 100; ++i) {
        auto task = pool.submit(do_nothing);
        task.on_done([&] { ++done; });
    }
    pool.wait_idle();
    EXPECT_EQ(done, 100);
}

} // namespace
} // namespace penstock::test

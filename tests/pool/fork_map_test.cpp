// SPDX-License-Identifier: MIT
// fork_map: what goes into the processes, what comes back, and in which order.
#include <penstock/fork_map.hpp>

#include "gate.hpp"
#include "support/arrivals.hpp"
#include "support/fork_test.hpp"
#include "support/invariants.hpp"
#include "temporary_directory.hpp"

#include "os/cpu_count.hpp"
#include "os/system_calls.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <list>
#include <memory>
#include <numeric>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace penstock {
namespace {

using namespace std::chrono_literals;

class fork_map_test : public test::fork_test {};

std::vector<int> numbers(int count) {
    std::vector<int> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}
std::string text_of(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(fork_map_test, results_come_in_input_order_whoever_ends_first) {
    std::list<test::gate> ended(4); // of all but the first, opened by it; and it waits for the one after it
    std::vector<std::string> paths;
    for (const test::gate& each : ended) paths.push_back(each.path());
    const auto count_down = [&](int i) {
        const auto place = static_cast<std::size_t>(i);
        if (place != paths.size()) test::gate::wait(paths[place]);
        if (place != 0) test::gate::open(paths[place - 1]);
        return 10 * i;
    };
    EXPECT_EQ(fork_map({.max_workers = 5}, count_down, numbers(5)), (std::vector<int>{0, 10, 20, 30, 40}));
}

TEST_F(fork_map_test, each_call_has_a_process_of_its_own) {
    const auto pids = fork_map([](int) { return ::getpid(); }, numbers(5));
    EXPECT_EQ(std::set<pid_t>(pids.begin(), pids.end()).size(), 5u);
    EXPECT_EQ(std::count(pids.begin(), pids.end(), ::getpid()), 0);
}

TEST_F(fork_map_test, takes_any_closure_and_what_it_changes_stays_in_its_process) {
    std::vector<std::string> names{"a", "b"};
    const std::unique_ptr<int> base = std::make_unique<int>(7);
    int calls = 0;
    auto add = [&, held = std::make_unique<int>(1)](std::string& name) mutable {
        ++calls, ++*held;
        name += "!";
        return name + std::to_string(*base + *held + calls);
    };
    EXPECT_EQ(fork_map(add, names), (std::vector<std::string>{"a!10", "b!10"}));
    EXPECT_EQ(calls, 0);
    EXPECT_EQ(names, (std::vector<std::string>{"a", "b"}));
}

int product(int a, const int& b) { return a * b; }

TEST_F(fork_map_test, reads_ranges_of_every_kind_side_by_side) {
    EXPECT_EQ(fork_map(product, numbers(3), std::list{5, 6, 7, 8}), (std::vector<int>{0, 6, 14}));
    std::istringstream words("2 3 4");
    struct stream_range {
        std::istream& in;
        std::istream_iterator<int> begin() const { return std::istream_iterator<int>(in); }
        std::istream_iterator<int> end() const { return {}; }
    };
    EXPECT_EQ(fork_map(product, stream_range{words}, std::vector{1, 1, 1}), (std::vector<int>{2, 3, 4}));
    const std::vector<bool> bits{true, false};
    EXPECT_EQ(fork_map([](bool bit) { return !bit; }, bits), (std::vector<bool>{false, true}));
    std::vector<std::unique_ptr<int>> owned;
    owned.push_back(std::make_unique<int>(3));
    EXPECT_EQ(fork_map([](std::unique_ptr<int> given) { return *given; }, std::move(owned)), std::vector<int>{3});
    EXPECT_EQ(fork_map([](std::string&& given) { return std::move(given); }, std::vector<std::string>{"x"}),
              std::vector<std::string>{"x"});
    std::vector<std::string> kept{"y"}; // an lvalue is copied for an rvalue parameter
    EXPECT_EQ(fork_map([](std::string&& given) { return std::move(given); }, kept), kept);
    EXPECT_EQ(fork_map([](const char* text) { return std::string(text); }, std::vector<const char*>{"z"}),
              std::vector<std::string>{"z"});
    EXPECT_TRUE(fork_map(product, numbers(0), numbers(2)).empty());
    EXPECT_EQ(fork_map(&std::string::size, kept), std::vector<std::size_t>{1});
}

TEST_F(fork_map_test, results_of_any_size_do_not_wait_for_each_other) {
    const std::vector<std::size_t> sizes{1 << 20, 0, 40 << 20, 65'536, 1, 40 << 20};
    const auto make = [](std::size_t size) { return std::string(size, static_cast<char>('a' + size % 26)); };
    const auto results = fork_map({.max_workers = 6}, make, sizes);
    ASSERT_EQ(results.size(), sizes.size());
    for (std::size_t i = 0; i != sizes.size(); ++i) EXPECT_TRUE(results[i] == make(sizes[i])) << sizes[i];
    const auto nested = fork_map([](int n) { return std::vector<std::vector<double>>(3, std::vector<double>(100'000, n)); }, numbers(2));
    EXPECT_EQ(nested[1][2][99'999], 1.0);
}

TEST_F(fork_map_test, a_callable_without_a_result_gives_none) {
    const test::temporary_directory directory;
    fork_map([&](int i) { std::ofstream{directory.path() + "/" + std::to_string(i)}; }, numbers(3));
    EXPECT_TRUE(std::filesystem::exists(directory.path() + "/2"));
    const auto ends = fork_map_outcomes([](int i) { if (i == 1) throw std::runtime_error("one"); }, numbers(2));
    EXPECT_TRUE(ends[0]);
    EXPECT_EQ(test::failure_of<std::runtime_error>(ends[1]), "one");
}

TEST_F(fork_map_test, a_large_result_moves_to_larger_memory_a_few_times_only) {
    static auto read = os::calls().read;
    static const void* end = nullptr; // of the memory that is read into
    static int moves = 0;
    read = os::calls().read;
    moves = 0;
    os::calls().read = [](int fd, void* to, std::size_t size) {
        const void* const was = std::exchange(end, static_cast<std::byte*>(to) + size);
        moves += was != end;
        return read(fd, to, size);
    };
    const auto results = fork_map([](int i) { return std::string(100'000'000, static_cast<char>('a' + i)); }, numbers(1));
    os::calls().read = read;
    EXPECT_TRUE(results.front() == std::string(100'000'000, 'a'));
    EXPECT_GT(moves, 0);
    EXPECT_LE(moves, 12) << "it doubles from 256 KiB on";
}

TEST_F(fork_map_test, an_exception_is_its_items_outcome) {
    const auto throwing = [](int i) {
        if (i == 0) throw std::out_of_range("no item 0");
        if (i == 1) throw std::system_error(ENOENT, std::generic_category(), "here");
        if (i == 2) throw 5;
        if (i == 3) throw task_timeout("of the call's own");
        return i;
    };
    const auto ends = fork_map_outcomes({.label = "tile"}, throwing, numbers(5));
    ASSERT_EQ(ends.size(), 5u);
    EXPECT_EQ(test::failure_of<std::out_of_range>(ends[0]), "no item 0");
    EXPECT_TRUE(test::failed_with<std::system_error>(ends[1]));
    EXPECT_TRUE(test::failed_with<remote_exception>(ends[2]));
    EXPECT_TRUE(test::failed_with<remote_exception>(ends[3])) << "not to be taken for fork_map's own";
    EXPECT_EQ(ends[4].value(), 4);
    try {
        std::rethrow_exception(ends[0].error());
    } catch (const remote_info& from) {
        EXPECT_NE(from.worker_pid, ::getpid());
        EXPECT_EQ(from.label, "tile");
        EXPECT_EQ(from.type_name, "std::out_of_range");
    }
}

TEST_F(fork_map_test, throws_what_the_first_item_threw_after_all_have_ended) {
    const test::arrivals ended;
    const auto throwing = [&](int i) {
        test::arrivals::announce(ended.path());
        if (i != 0) throw std::runtime_error("item " + std::to_string(i));
        return i;
    };
    try {
        fork_map({.max_workers = 1}, throwing, numbers(4));
        ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& e) {
        EXPECT_STREQ(e.what(), "item 1");
    }
    for (int i = 0; i != 4; ++i) ended.next();
    EXPECT_TRUE(ended.is_empty());
}

TEST_F(fork_map_test, never_more_calls_at_once_than_asked_for) {
    const auto siblings = [](int) {
        std::size_t most = 0;
        for (int look = 0; look != 20; ++look) most = std::max(most, test::children_of(::getppid()).size());
        return most;
    };
    for (const std::size_t most : fork_map({.max_workers = 2}, siblings, numbers(8))) EXPECT_LE(most, 2u);
    for (const std::size_t most : fork_map(siblings, numbers(6))) EXPECT_LE(most, std::size_t{os::available_cpus()});
    const test::gate all_there;
    const test::arrivals there;
    const auto meet = [&](int i) { // the last one lets the others go: all three must run at once
        if (i == 2) all_there.open();
        all_there.wait();
        return i;
    };
    EXPECT_EQ(fork_map({.max_workers = 3}, meet, numbers(3)), numbers(3));
}

TEST_F(fork_map_test, a_call_has_the_descriptors_of_the_parent_and_its_pipe_alone) {
    const test::gate all_there;
    const auto count = [&](int i) {
        if (i == 2) all_there.open(); // which is forked while the others run
        all_there.wait();
        return test::look_at_this_process().count();
    };
    const std::size_t own = test::look_at_this_process().count();
    EXPECT_EQ(fork_map({.max_workers = 3}, count, numbers(3)), std::vector<std::size_t>(3, own + 1));
}

TEST_F(fork_map_test, what_a_range_throws_comes_out_and_the_running_calls_are_killed) {
    struct failing {
        int* at;
        int operator*() const { return *at; }
        failing& operator++() {
            if (++*at == 2) throw std::runtime_error("the range");
            return *this;
        }
        bool operator!=(const failing&) const { return true; }
    };
    struct failing_range {
        int* at;
        failing begin() const { return {at}; }
        failing end() const { return {at}; }
    };
    const test::process_state before = test::look_at_this_process();
    const test::gate never;
    int at = 0;
    EXPECT_THROW(fork_map({.max_workers = 3}, [&](int i) { never.wait(); return i; }, failing_range{&at}), std::runtime_error);
    EXPECT_EQ(test::own_children().size(), before.children);
}

TEST_F(fork_map_test, refuses_a_process_with_threads_unless_told_otherwise) {
    const test::gate end;
    std::thread other([&] { end.wait(); });
    try {
        fork_map(product, numbers(2), numbers(2));
        ADD_FAILURE() << "it was not refused";
    } catch (const error& e) {
        EXPECT_NE(std::string(e.what()).find("2 threads"), std::string::npos) << e.what();
        EXPECT_NE(std::string(e.what()).find("allow_threads"), std::string::npos) << e.what();
    }
    EXPECT_EQ(fork_map({.allow_threads = true}, product, numbers(2), numbers(2)), (std::vector<int>{0, 1}));
    end.open();
    other.join();
    EXPECT_EQ(fork_map(product, numbers(2), numbers(2)), (std::vector<int>{0, 1})) << "the thread is gone";
}

TEST_F(fork_map_test, does_not_wait_for_a_stream_that_another_thread_reads) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    std::FILE* const stream = ::fdopen(ends[0], "r");
    std::thread reader([&] { EXPECT_EQ(std::getc(stream), 'x'); });
    // It holds the stream's lock when nobody else can have it.
    EXPECT_TRUE(test::eventually([&] {
        if (::ftrylockfile(stream) != 0) return true;
        ::funlockfile(stream);
        return false;
    }));
    EXPECT_EQ(fork_map({.allow_threads = true}, product, numbers(3), numbers(3)), (std::vector<int>{0, 1, 4}));
    EXPECT_EQ(::write(ends[1], "x", 1), 1);
    reader.join();
    std::fclose(stream);
    ::close(ends[1]);
}

TEST_F(fork_map_test, prints_once_and_runs_no_exit_handlers) {
    static std::string file;
    const test::temporary_directory directory;
    file = directory.path() + "/output";
    const auto print = [](int) { // in a process of its own, whose output is a file
        if (std::freopen(file.c_str(), "w", stdout) == nullptr) throw std::runtime_error("freopen");
        std::atexit([] { std::cout << "exit handler\n"; });
        std::cout << "before ";
        fork_map({.max_workers = 1}, [](int i) { std::cout << "call " << i << ' '; std::printf("(%d) ", i); }, numbers(2));
        std::cout << "after";
    };
    fork_map(print, numbers(1));
    EXPECT_EQ(text_of(file), "before call 0 (0) call 1 (1) after");
}

TEST_F(fork_map_test, options_are_checked) {
    EXPECT_THROW(fork_map({.timeout = -1s}, product, numbers(1), numbers(1)), std::invalid_argument);
    EXPECT_EQ(fork_map({.timeout = std::chrono::nanoseconds::max()}, product, numbers(1), numbers(1)), std::vector<int>{0});
}

} // namespace
} // namespace penstock

// SPDX-License-Identifier: MIT
#include "pool/inbox.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace penstock::pool {
namespace {

std::vector<std::uint64_t> ids_of(const task_entry* first) {
    std::vector<std::uint64_t> ids;
    for (; first != nullptr; first = first->next) ids.push_back(first->id);
    return ids;
}

TEST(inbox, is_closed_at_first_and_takes_nothing) {
    inbox box;
    task_entry entry;
    EXPECT_FALSE(box.is_open());
    EXPECT_FALSE(box.push(entry));
    EXPECT_EQ(box.take(), nullptr);
    EXPECT_EQ(box.close(), nullptr);
}

TEST(inbox, gives_oldest_first_and_stays_open) {
    inbox box;
    std::vector<task_entry> entries(3);
    for (std::size_t i = 0; i != entries.size(); ++i) entries[i].id = i + 1;
    box.open();
    EXPECT_TRUE(box.push(entries[0]));
    EXPECT_TRUE(box.push(entries[1]));
    EXPECT_EQ(ids_of(box.take()), (std::vector<std::uint64_t>{1, 2}));
    EXPECT_TRUE(box.is_open());
    EXPECT_TRUE(box.push(entries[2]));
    EXPECT_EQ(ids_of(box.close()), std::vector<std::uint64_t>{3});
    EXPECT_FALSE(box.push(entries[0]));
}

// What a push said is true: left is taken exactly once, refused never.
TEST(inbox, nothing_is_lost_between_threads_that_leave_and_one_that_opens_and_closes) {
    constexpr std::size_t threads = 3;
    constexpr std::size_t each = 20'000;
    inbox box;
    std::vector<task_entry> entries(threads * each);
    std::vector<std::size_t> left(threads, 0);
    std::atomic<std::size_t> running{threads};
    std::vector<std::thread> pushing;
    for (std::size_t number = 0; number != threads; ++number)
        pushing.emplace_back([&, number] {
            for (std::size_t i = 0; i != each; ++i) left[number] += box.push(entries[number * each + i]);
            --running;
        });
    std::size_t taken = 0;
    while (running != 0) {
        box.open();
        taken += ids_of(box.take()).size();
        taken += ids_of(box.close()).size();
    }
    for (auto& thread : pushing) thread.join();
    EXPECT_EQ(taken, left[0] + left[1] + left[2]);
}

}  // namespace
}  // namespace penstock::pool

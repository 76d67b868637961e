// SPDX-License-Identifier: MIT
// Which task is the next one.
#include "pool/prioritized_queue.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

namespace penstock::pool {
namespace {

using enum task_priority;

class prioritized_queue_test : public testing::Test {
protected:
    task_entry& add(task_priority priority) {
        entries_.emplace_back();
        entries_.back().priority = priority;
        queue.push_back(entries_.back());
        return entries_.back();
    }
    void add_many(task_priority priority, int count) {
        for (int i = 0; i != count; ++i) add(priority);
    }

    prioritized_queue queue;

private:
    std::deque<task_entry> entries_;
};

TEST_F(prioritized_queue_test, the_most_urgent_class_is_first_and_each_keeps_its_order) {
    task_entry& c = add(low);
    task_entry& b = add(normal);
    task_entry& a1 = add(high);
    task_entry& a2 = add(high);
    EXPECT_EQ(queue.size(), 4u);
    for (const task_entry* expected : {&a1, &a2, &b, &c}) EXPECT_EQ(queue.pop_front(), expected);
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.front(), nullptr);
}

TEST_F(prioritized_queue_test, sixteen_overtake_then_it_is_the_others_turn) {
    add_many(high, 100);
    add_many(low, 3);
    std::vector<int> turns;
    for (int i = 0; i != 51; ++i)
        if (queue.pop_front()->priority == low) turns.push_back(i);
    EXPECT_EQ(turns, (std::vector<int>{16, 33, 50}));
}

TEST_F(prioritized_queue_test, all_three_classes_come_along) {
    add_many(high, 200);
    add_many(normal, 20);
    add_many(low, 20);
    int of_normal = 0;
    int of_low = 0;
    for (int i = 0; i != 90; ++i) {
        const task_priority taken = queue.pop_front()->priority;
        of_normal += taken == normal;
        of_low += taken == low;
    }
    EXPECT_EQ(of_normal, 5);
    EXPECT_EQ(of_low, 5);
}

TEST_F(prioritized_queue_test, who_was_not_there_was_not_overtaken) {
    add_many(high, 50);
    for (int i = 0; i != 20; ++i) queue.pop_front();
    add(low);
    for (int i = 0; i != 16; ++i) EXPECT_EQ(queue.pop_front()->priority, high) << i;
    EXPECT_EQ(queue.pop_front()->priority, low);
}

TEST_F(prioritized_queue_test, what_comes_back_is_the_first_of_its_class) {
    task_entry& first = add(normal);
    task_entry& second = add(normal);
    EXPECT_EQ(queue.pop_front(), &first);
    queue.push_front(first);
    EXPECT_EQ(queue.pop_front(), &first);
    EXPECT_EQ(queue.pop_front(), &second);
}

TEST_F(prioritized_queue_test, one_that_is_removed_has_had_no_turn) {
    add_many(high, 20);
    task_entry& gone = add(low);
    task_entry& stays = add(low);
    for (int i = 0; i != 16; ++i) queue.pop_front();
    EXPECT_EQ(queue.front(), &gone);
    queue.remove(gone);
    EXPECT_EQ(queue.front(), &stays);
}

} // namespace
} // namespace penstock::pool

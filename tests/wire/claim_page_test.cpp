// SPDX-License-Identifier: MIT
// The page that a worker shares with its pool: what both do to it at once, and what each reads of it.
#include "wire/claim_page.hpp"

#include "wire/frame_reader.hpp"

#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

namespace penstock::wire {
namespace {

class claim_page_test : public testing::Test {
protected:
    static constexpr std::uint64_t key = 42;

    void answer(std::uint64_t task, std::size_t size = 3) {
        const std::vector<std::byte> body(size, std::byte{9});
        worker.append(make_head(key, frame_kind::value, 0, task, size), body);
        worker.publish();
    }
    void answer_elsewhere(std::uint64_t task) {
        worker.append(make_head(key, frame_kind::elsewhere, 0, task, 0), {});
        worker.publish();
    }
    static std::vector<std::uint64_t> tasks_in(std::span<const std::byte> bytes) {
        std::vector<std::uint64_t> tasks;
        for (frame_in frame; split_frame(bytes, frame);) tasks.push_back(frame.head.task);
        return tasks;
    }

    alignas(64) std::array<std::byte, claim_page::size> memory{};
    claim_page worker{memory};
    claim_page pool{memory};
};

TEST_F(claim_page_test, tasks_are_claimed_one_by_one_to_the_end_of_the_batch) {
    worker.begin(1, 2);
    EXPECT_EQ(pool.begun(1, 2), 0);
    EXPECT_TRUE(worker.claim());
    EXPECT_EQ(pool.begun(1, 2), 1);
    EXPECT_TRUE(worker.claim());
    EXPECT_FALSE(worker.claim());
    EXPECT_EQ(pool.begun(1, 2), 2) << "the claim that found nothing counts for none";
}

TEST_F(claim_page_test, what_was_not_begun_can_be_taken_away_once) {
    worker.begin(7, 5);
    EXPECT_TRUE(worker.claim());
    EXPECT_TRUE(worker.claim());
    const auto rest = pool.take_rest(7, 5);
    EXPECT_EQ(rest.first, 2);
    EXPECT_EQ(rest.last, 5);
    EXPECT_FALSE(worker.claim());
    const auto again = pool.take_rest(7, 5);
    EXPECT_EQ(again.first, again.last);
    EXPECT_EQ(pool.begun(7, 2), 2);
}

TEST_F(claim_page_test, another_batch_that_is_being_run_is_left_alone) {
    worker.begin(8, 5);
    const auto rest = pool.take_rest(9, 5);
    EXPECT_EQ(rest.first, rest.last);
    EXPECT_EQ(pool.begun(9, 5), std::nullopt);
    EXPECT_NE(pool.published().batch, 9u);
    EXPECT_TRUE(worker.claim());
}

TEST_F(claim_page_test, a_batch_that_was_read_and_not_begun_can_be_taken_away_whole) {
    worker.begin(8, 1);
    EXPECT_TRUE(worker.claim()); // runs, or has run
    const auto rest = pool.take_rest(9, 5);
    EXPECT_EQ(rest.first, 0);
    EXPECT_EQ(rest.last, 5);
    worker.begin(9, 5);
    EXPECT_FALSE(worker.claim());
    EXPECT_EQ(pool.begun(9, 5), 0);
    worker.begin(10, 1);
    EXPECT_TRUE(worker.claim());
}

// The same race where the pool looks while the worker is about to begin.
TEST_F(claim_page_test, a_batch_is_begun_or_taken_away_whoever_is_faster) {
    constexpr std::uint32_t rounds = 20'000;
    constexpr std::uint16_t tasks = 3;
    std::atomic<std::uint32_t> round{0};
    std::vector<int> claimed(rounds + 1);
    std::atomic<std::uint32_t> done{0};
    std::thread busy([&] {
        for (std::uint32_t at = 1; at <= rounds; ++at) {
            while (round.load() != at) std::this_thread::yield();
            worker.begin(at, tasks);
            while (worker.claim()) ++claimed[at];
            done.store(at);
        }
    });
    int whole = 0;
    for (std::uint32_t at = 1; at <= rounds; ++at) {
        round.store(at);
        const auto rest = pool.take_rest(at, tasks);
        while (done.load() != at) std::this_thread::yield();
        ASSERT_EQ(claimed[at] + rest.last - rest.first, tasks) << "round " << at;
        whole += claimed[at] == 0;
    }
    busy.join();
    std::printf("%d of %u batches were taken whole\n", whole, rounds);
}

TEST_F(claim_page_test, answers_are_counted_when_they_are_published) {
    worker.begin(1, 3);
    answer(10);
    worker.append(make_head(key, frame_kind::value, 0, 11, 0), {});
    EXPECT_EQ(pool.published().count, 1);
    worker.publish();
    EXPECT_EQ(pool.published().count, 2);
    auto bytes = pool.answers();
    frame_in frame;
    ASSERT_TRUE(split_frame(bytes, frame));
    EXPECT_EQ(frame.head.task, 10u);
    EXPECT_EQ(frame.body.size(), 3u);
    ASSERT_TRUE(split_frame(bytes, frame));
    EXPECT_EQ(frame.head.task, 11u);
    worker.begin(2, 1);
    EXPECT_EQ(pool.published().batch, 2u);
    EXPECT_EQ(pool.published().count, 0);
}

TEST_F(claim_page_test, what_is_to_be_sent_is_given_once_and_without_what_went_by_the_pipe) {
    worker.begin(1, 4);
    answer(1);
    answer(2);
    EXPECT_EQ(tasks_in(worker.take_unsent()), (std::vector<std::uint64_t>{1, 2}));
    EXPECT_TRUE(worker.take_unsent().empty());
    answer_elsewhere(3);
    answer(4);
    EXPECT_EQ(tasks_in(worker.take_unsent()), (std::vector<std::uint64_t>{4}));
}

TEST_F(claim_page_test, an_answer_is_complete_once_it_is_published_or_the_batch_is_over) {
    EXPECT_FALSE(pool.is_complete(1, 0));
    worker.begin(1, 2);
    EXPECT_FALSE(pool.is_complete(1, 0));
    answer(10);
    EXPECT_TRUE(pool.is_complete(1, 0));
    EXPECT_FALSE(pool.is_complete(1, 1));
    EXPECT_FALSE(pool.is_complete(2, 0)) << "a batch to come";
    worker.begin(2, 1);
    EXPECT_TRUE(pool.is_complete(1, 1));
}

TEST_F(claim_page_test, the_worker_hears_of_frames_and_of_who_looks) {
    EXPECT_EQ(worker.sent(), 0u);
    pool.send(1);
    pool.send(1);
    pool.send(-1);
    EXPECT_EQ(worker.sent(), 1u);
    using watcher = claim_page::watcher;
    EXPECT_EQ(worker.watched(), watcher::none);
    pool.watch(watcher::looking);
    EXPECT_EQ(worker.watched(), watcher::looking);
    pool.watch(watcher::asleep);
    EXPECT_EQ(worker.watched(), watcher::asleep);
    EXPECT_EQ(pool.watch_word(), static_cast<std::uint32_t>(watcher::asleep));
    worker.end_watch();
    EXPECT_EQ(worker.watched(), watcher::none);
}

TEST_F(claim_page_test, room_is_kept_for_a_head_of_each_task_to_come) {
    worker.begin(1, 100);
    const std::size_t all = claim_page::size - claim_page::first_answer;
    EXPECT_TRUE(worker.has_room(all, 0));
    EXPECT_FALSE(worker.has_room(all + 1, 0));
    EXPECT_TRUE(worker.has_room(all - 2 * sizeof(frame_head), 2));
    EXPECT_FALSE(worker.has_room(all - 2 * sizeof(frame_head) + 1, 2));
    answer(1, 1'000 - sizeof(frame_head));
    EXPECT_FALSE(worker.has_room(all - 999, 0));
}

TEST_F(claim_page_test, answers_are_left_only_while_the_pool_is_about_to_look) {
    worker.begin(1, 1);
    ASSERT_TRUE(worker.claim());
    answer(1, 8);
    EXPECT_FALSE(worker.leave_to_pool()); // the pool does not know of it

    ASSERT_TRUE(pool.hand_over());
    EXPECT_TRUE(worker.leave_to_pool());
    EXPECT_TRUE(worker.has_unsent());
    EXPECT_TRUE(pool.end_hand_over());
    EXPECT_FALSE(pool.all_taken());
    EXPECT_FALSE(pool.hand_over()); // one thing after the other
    pool.take(1, 1);
    EXPECT_TRUE(pool.all_taken());
    EXPECT_TRUE(worker.is_taken());
    pool.end_leaving();

    ASSERT_TRUE(pool.hand_over());
    EXPECT_FALSE(pool.end_hand_over()); // nobody left anything
    EXPECT_FALSE(worker.leave_to_pool());
    EXPECT_EQ(worker.watched(), claim_page::watcher::none);
}

TEST_F(claim_page_test, answers_are_not_left_behind_one_that_was_sent) {
    worker.begin(1, 2);
    ASSERT_TRUE(worker.claim());
    answer(1, 8);
    worker.take_unsent(); // it took so long that it went by the pipe
    ASSERT_TRUE(worker.claim());
    answer(2, 8);
    ASSERT_TRUE(pool.hand_over());
    EXPECT_FALSE(worker.leave_to_pool());
    EXPECT_FALSE(pool.end_hand_over());
}

TEST_F(claim_page_test, somebody_who_watches_is_not_overlooked_while_the_pool_hands_over) {
    ASSERT_TRUE(pool.hand_over());
    pool.watch(claim_page::watcher::asleep);
    EXPECT_EQ(worker.watched(), claim_page::watcher::asleep);
    EXPECT_FALSE(worker.leave_to_pool());
    EXPECT_TRUE(pool.end_hand_over()); // it cannot know, and looks
    EXPECT_EQ(worker.watched(), claim_page::watcher::asleep);
    EXPECT_FALSE(pool.hand_over());
}

// The race that decides who has a task: each is run or taken away, never both, never neither.
TEST_F(claim_page_test, a_task_is_claimed_or_taken_whoever_is_faster) {
    constexpr std::uint32_t rounds = 20'000;
    constexpr std::uint16_t tasks = 20;
    std::atomic<std::uint32_t> begun{0};
    std::atomic<std::uint32_t> looked{0};
    std::vector<int> claimed(rounds + 1);
    std::thread busy([&] {
        for (std::uint32_t round = 1; round <= rounds; ++round) {
            worker.begin(round, tasks);
            begun.store(round);
            while (worker.claim()) ++claimed[round];
            while (looked.load() != round) std::this_thread::yield();
        }
    });
    int contested = 0;
    for (std::uint32_t round = 1; round <= rounds; ++round) {
        while (begun.load() != round) std::this_thread::yield();
        const auto rest = pool.take_rest(round, tasks);
        looked.store(round);
        const int taken = rest.last - rest.first;
        while (round != rounds && begun.load() == round) std::this_thread::yield();
        if (round == rounds) busy.join();
        ASSERT_EQ(claimed[round] + taken, tasks) << "round " << round;
        contested += taken != 0 && claimed[round] != 0;
    }
    std::printf("%d of %u batches were divided\n", contested, rounds);
}

} // namespace
} // namespace penstock::wire

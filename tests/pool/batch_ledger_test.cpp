// SPDX-License-Identifier: MIT
// What a pool knows of the batches that it sent to a worker, with a worker that is a page of memory.
#include "pool/batch_ledger.hpp"

#include "support/sanitizers.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>

namespace penstock::pool {
namespace {

using wire::frame_head;
using wire::frame_in;
using wire::frame_kind;
using ids = batch_ledger::ids;

class batch_ledger_test : public testing::Test {
protected:
    static constexpr std::uint64_t key = 7;

    bool gather(std::uint64_t id, std::size_t size = 8) {
        const std::vector<std::byte> body(size, std::byte{1});
        return ledger.gather(wire::make_head(key, frame_kind::task, 3, id, size), {}, body);
    }
    /// Sends what was gathered, and returns the head of the packet.
    frame_head send() {
        frame_head head;
        std::memcpy(&head, ledger.packet().data(), sizeof head);
        ledger.sent();
        return head;
    }
    frame_head send(std::initializer_list<std::uint64_t> tasks) {
        for (const std::uint64_t id : tasks) EXPECT_TRUE(gather(id));
        return send();
    }
    void begin(const frame_head& batch) { worker.begin(static_cast<std::uint32_t>(batch.task), static_cast<std::uint16_t>(batch.tag())); }
    void run(std::uint64_t id, const std::string& result = "done", std::uint64_t with_key = key) {
        ASSERT_TRUE(worker.claim());
        worker.append(wire::make_head(with_key, frame_kind::value, 0, id, result.size()), std::as_bytes(std::span(result)));
        worker.publish();
    }
    void run_elsewhere(std::uint64_t id) {
        ASSERT_TRUE(worker.claim());
        worker.append(wire::make_head(key, frame_kind::elsewhere, 0, id, 0), {});
        worker.publish();
    }
    /// The number of the task whose answer is found, 0 for none.
    std::uint64_t harvest() {
        ledger.look();
        return harvest_as_seen();
    }
    std::uint64_t harvest_as_seen() {
        const auto found = ledger.harvest();
        if (!found) return 0;
        ledger.answered();
        return found->head.task;
    }
    ids taken_rest(bool dead = false) {
        ids taken;
        ledger.take_rest(dead, taken);
        return taken;
    }

    alignas(64) std::array<std::byte, wire::claim_page::size> memory{};
    wire::claim_page worker{memory};
    batch_ledger ledger{wire::claim_page(memory), key};
};

TEST_F(batch_ledger_test, tasks_travel_in_a_batch) {
    EXPECT_FALSE(ledger.has_gathered());
    EXPECT_EQ(send({5}).tag(), 1u);
    const frame_head batch = send({6, 7});
    EXPECT_EQ(batch.kind(), frame_kind::batch);
    EXPECT_EQ(batch.tag(), 2u);
    EXPECT_EQ(batch.length, 2 * (sizeof(frame_head) + 8));
    EXPECT_EQ(batch.check, wire::frame_check(key, batch));
    EXPECT_FALSE(ledger.has_gathered());
}

TEST_F(batch_ledger_test, a_batch_is_at_most_a_packet) {
    std::uint64_t id = 0;
    while (gather(id + 1, 1'000)) ++id;
    EXPECT_EQ(id, 3u);
    EXPECT_LE(ledger.packet().size(), wire::max_packet);
    ledger.sent();
    while (gather(id + 1, 0)) ++id;
    EXPECT_EQ(id - 3, batch_ledger::most_tasks);
    ledger.sent();
    EXPECT_TRUE(gather(id, wire::max_packet - 2 * sizeof(frame_head))) << "what fits into a packet is not refused";
    EXPECT_EQ(ledger.packet().size(), wire::max_packet);
    EXPECT_FALSE(gather(id + 1, 0));
}

TEST_F(batch_ledger_test, what_was_gathered_only_can_be_taken) {
    gather(1);
    gather(2);
    ids taken;
    ledger.take_gathered(taken);
    EXPECT_EQ(taken, (ids{1, 2}));
    EXPECT_FALSE(ledger.has_gathered());
    EXPECT_EQ(send({3, 4}).length, 2 * (sizeof(frame_head) + 8)) << "nothing is left of it";
}

TEST_F(batch_ledger_test, answers_are_found_before_they_are_sent) {
    begin(send({1, 2, 3}));
    EXPECT_EQ(harvest(), 0u);
    run(1);
    run(2);
    EXPECT_EQ(harvest(), 1u);
    EXPECT_EQ(harvest(), 2u);
    EXPECT_EQ(harvest(), 0u);
    run(3);
    EXPECT_EQ(harvest(), 3u);
}

TEST_F(batch_ledger_test, is_between_answers_while_more_than_one_task_may_have_been_run) {
    EXPECT_FALSE(ledger.is_between_answers());
    begin(send({1}));
    EXPECT_FALSE(ledger.is_between_answers()) << "whatever comes before its answer is its own doing";
    run(1);
    send({2, 3});
    EXPECT_FALSE(ledger.is_between_answers()) << "the next batch is not begun before the answers of this one were written";
    EXPECT_EQ(harvest(), 1u);
    EXPECT_TRUE(ledger.is_between_answers());
    ledger.answered();
    EXPECT_FALSE(ledger.is_between_answers());
}

TEST_F(batch_ledger_test, finds_no_answer_that_came_after_the_look) {
    begin(send({1, 2}));
    run(1);
    ledger.look();
    run(2);
    EXPECT_EQ(harvest_as_seen(), 1u);
    EXPECT_EQ(harvest_as_seen(), 0u);
    EXPECT_EQ(harvest(), 2u);
}

TEST_F(batch_ledger_test, says_where_the_answer_to_a_task_will_be) {
    const frame_head first = send({1});
    const frame_head second = send({2, 3, 4});
    ASSERT_TRUE(ledger.find(3));
    EXPECT_EQ(ledger.find(3)->batch, second.task);
    EXPECT_EQ(ledger.find(3)->answer, 1u);
    EXPECT_FALSE(ledger.find(5));
    begin(first);
    run(1);
    EXPECT_EQ(harvest(), 1u);
    EXPECT_FALSE(ledger.find(1)) << "it was answered";
}

TEST_F(batch_ledger_test, the_worker_learns_which_answers_need_not_be_written) {
    begin(send({1, 2}));
    run(1);
    EXPECT_FALSE(worker.is_taken());
    EXPECT_EQ(harvest(), 1u);
    EXPECT_TRUE(worker.is_taken());
    run(2);
    EXPECT_FALSE(worker.is_taken());
    EXPECT_EQ(harvest(), 2u);
    EXPECT_TRUE(worker.is_taken());
    begin(send({3}));
    EXPECT_FALSE(worker.is_taken());
}

TEST_F(batch_ledger_test, answers_that_came_by_the_pipe_are_not_found_again) {
    begin(send({1, 2, 3, 4}));
    run(1);
    run(2);
    run(3);
    ledger.answered();
    ledger.answered();
    EXPECT_EQ(harvest(), 3u);
}

TEST_F(batch_ledger_test, behind_an_answer_that_goes_by_the_pipe_nothing_is_found_until_it_has_come) {
    begin(send({1, 2, 3}));
    run(1);
    run_elsewhere(2);
    run(3);
    EXPECT_EQ(harvest(), 1u);
    EXPECT_EQ(harvest(), 0u);
    EXPECT_EQ(harvest(), 0u);
    ledger.answered(); // the second
    EXPECT_EQ(harvest(), 3u);
}

TEST_F(batch_ledger_test, the_rest_of_a_batch_is_taken_from_a_living_worker) {
    begin(send({1, 2, 3, 4}));
    run(1);
    ASSERT_TRUE(worker.claim());
    EXPECT_EQ(taken_rest(), (ids{3, 4}));
    EXPECT_EQ(taken_rest(), ids{});
    EXPECT_FALSE(worker.claim());
    EXPECT_EQ(harvest(), 1u);
}

TEST_F(batch_ledger_test, a_batch_that_was_read_and_not_begun_is_taken_whole) {
    const frame_head batch = send({1, 2});
    EXPECT_EQ(taken_rest(), (ids{1, 2}));
    begin(batch);
    EXPECT_FALSE(worker.claim());
    send({3, 4});
    EXPECT_EQ(taken_rest(true), (ids{3, 4})) << "a dead one has begun nothing of it";
}

TEST_F(batch_ledger_test, what_was_run_before_a_batch_that_was_taken_whole_is_not_taken) {
    begin(send({1, 2}));
    run(1);
    run(2); // their answers are on their way
    send({3, 4});
    EXPECT_EQ(taken_rest(), (ids{3, 4}));
    EXPECT_EQ(taken_rest(), ids{});
    EXPECT_EQ(taken_rest(true), ids{});
    EXPECT_EQ(harvest(), 1u);
    EXPECT_EQ(harvest(), 2u);
}

TEST_F(batch_ledger_test, after_a_death_the_task_that_was_begun_is_not_given_back) {
    begin(send({1, 2, 3, 4}));
    run(1);
    ASSERT_TRUE(worker.claim());
    EXPECT_EQ(harvest(), 1u);
    EXPECT_EQ(taken_rest(true), (ids{3, 4}));
}

TEST_F(batch_ledger_test, after_a_death_between_two_tasks_nothing_is_lost) {
    begin(send({1, 2}));
    run(1);
    EXPECT_EQ(harvest(), 1u);
    EXPECT_EQ(taken_rest(true), (ids{2}));
}

TEST_F(batch_ledger_test, a_task_by_itself_that_was_begun_is_not_taken) {
    begin(send({1}));
    ASSERT_TRUE(worker.claim());
    EXPECT_EQ(taken_rest(), ids{});
    EXPECT_EQ(taken_rest(true), ids{});
}

TEST_F(batch_ledger_test, a_packet_that_was_read_back_is_nobodys) {
    begin(send({1, 2}));
    const frame_head unread = send({3, 4});
    const frame_head single = send({5});
    ids taken;
    ledger.take_unread(unread, taken);
    ledger.take_unread(single, taken);
    EXPECT_EQ(taken, (ids{3, 4, 5}));
    ASSERT_TRUE(worker.claim());
    EXPECT_EQ(taken_rest(), (ids{2})) << "the batch before them is the last one now";
}

TEST_F(batch_ledger_test, the_next_batch_begins_with_its_own_answers) {
    begin(send({1, 2}));
    const frame_head next = send({3, 4});
    run(1, "a long one");
    run(2);
    EXPECT_EQ(harvest(), 1u);
    ledger.answered(); // the second, by the pipe
    begin(next);
    EXPECT_EQ(harvest(), 0u);
    run(3);
    EXPECT_EQ(harvest(), 3u);
}

// The pool looks while the worker goes from batch to batch: what it finds is whole, and of the task it is said to be.
TEST_F(batch_ledger_test, an_answer_is_found_whole_or_not_at_all_while_the_worker_goes_on) {
    if (test::with_thread_sanitizer) GTEST_SKIP() << "reading while the other side writes is the point; what was read then is thrown away";
    constexpr std::uint64_t rounds = 30'000;
    std::atomic<std::uint64_t> round{0};
    const auto text_of = [](std::uint64_t id) { return std::string(200 + id % 700, static_cast<char>('a' + id % 26)); };
    std::vector<frame_head> heads;
    std::uint64_t found = 0;
    std::thread busy;
    for (std::uint64_t id = 1; id <= rounds; id += 2) heads.push_back(send({id, id + 1}));
    busy = std::thread([&] {
        for (const frame_head& head : heads) {
            begin(head);
            const std::uint64_t first = 2 * round.load() + 1;
            run(first, text_of(first));
            run(first + 1, text_of(first + 1));
            round.fetch_add(1); // as if the answers had been written to the pipe
        }
    });
    for (std::uint64_t next = 1; next <= rounds;) {
        ledger.look();
        if (const auto frame = ledger.harvest()) {
            const std::string text(reinterpret_cast<const char*>(frame->body.data()), frame->body.size());
            EXPECT_EQ(frame->head.task, next);
            if (text != text_of(next)) ADD_FAILURE() << "task " << next << " has another's answer";
            ++found;
            ++next;
            ledger.answered();
        } else if (next <= 2 * round.load()) { // by the pipe
            ++next;
            ledger.answered();
        }
    }
    busy.join();
    std::printf("%llu of %llu answers were found in the page\n", static_cast<unsigned long long>(found),
                static_cast<unsigned long long>(rounds));
}

TEST_F(batch_ledger_test, the_page_is_not_believed) {
    begin(send({1, 2, 3}));
    run(1, "done", key + 1);
    EXPECT_EQ(harvest(), 0u) << "bytes without the key";
    memory.fill(std::byte{0xff});
    EXPECT_EQ(harvest(), 0u);
    EXPECT_EQ(taken_rest(true), (ids{1, 2, 3})) << "another batch's number: this one was not begun";
    begin(send({4, 5}));
    run(6);
    EXPECT_EQ(harvest(), 0u) << "another task's answer";
    std::uint64_t much = 0;
    std::memcpy(&much, memory.data(), sizeof much);
    much |= 0xffffffffu; // all begun, and many more
    std::memcpy(memory.data(), &much, sizeof much);
    EXPECT_EQ(taken_rest(true), ids{});
}

} // namespace
} // namespace penstock::pool

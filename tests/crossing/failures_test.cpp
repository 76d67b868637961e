// SPDX-License-Identifier: MIT
// The crossings that fail: an argument on its way out or in, a result on its way out or in. It costs the future of
// that call, which names the type and the side, and nothing else: the worker is the same one afterwards, and other
// tasks in the queue are as if nothing had happened. Exceptions that do not cross: exceptions_test.cpp.
#include "support/event_log.hpp"
#include "support/payload.hpp"
#include "support/pool_test.hpp"

#include <stdexcept>

namespace penstock::test {
namespace {

enum class fails { never, save, load };

/// Carries a good deal of data, then fails as told. `Place` makes types of different names.
template <int Place>
struct fragile {
    fails when = fails::never;
    std::string load_before = std::string(100, 'x');
    template <class Archive>
    void save(Archive& archive) const {
        archive(when, load_before);
        if (when == fails::save) throw std::range_error("it cannot be written");
    }
    template <class Archive>
    void load(Archive& archive) {
        archive(when, load_before);
        if (when == fails::load) throw std::range_error("it cannot be read");
    }
};
using argument = fragile<1>;
using result = fragile<2>;

/// The result fails, or not, as told.
result handle(int, const argument&, fails when) {
    result made;
    made.when = when;
    return made;
}

class process_pool_failed_crossing : public pool_test {
protected:
    static argument given(fails when) {
        argument a;
        a.when = when;
        return a;
    }
    /// Two of the sides are met in submit or get of the caller, two in the worker.
    template <class Call>
    void expect_failure(payload_side side, const std::string& type, const std::string& reason,
                        const Call& call) {
        try {
            call();
            ADD_FAILURE() << "it crossed";
        } catch (const payload_error& e) {
            EXPECT_EQ(e.side(), side);
            EXPECT_NE(e.type_name().find(type), std::string::npos) << e.type_name();
            EXPECT_NE(std::string(e.what()).find(reason), std::string::npos) << e.what();
        }
        EXPECT_EQ(outcome_of(pool.submit(own_pid)), worker) << "the worker is the same";
    }
    process_pool pool{{.workers = 1}};
    pid_t worker = outcome_of(pool.submit(own_pid));
};

TEST_F(process_pool_failed_crossing, argument_encode_throws_in_submit_and_reaches_no_worker) {
    const pool_stats before = pool.stats();
    expect_failure(payload_side::argument_encode, "fragile<1>", "it cannot be written",
                   [&] { static_cast<void>(pool.submit(handle, 1, given(fails::save), fails::never)); });
    EXPECT_EQ(pool.stats().failed, before.failed);
    EXPECT_EQ(pool.stats().done, before.done + 1) << "only the task that looked at the worker";
}

TEST_F(process_pool_failed_crossing, argument_decode) {
    expect_failure(payload_side::argument_decode, "fragile<1>", "it cannot be read", [&] {
        static_cast<void>(outcome_of(pool.submit(handle, 1, given(fails::load), fails::never)));
    });
}

TEST_F(process_pool_failed_crossing, result_encode_leaves_nothing_half_written) {
    expect_failure(payload_side::result_encode, "fragile<2>", "it cannot be written", [&] {
        static_cast<void>(outcome_of(pool.submit(handle, 1, given(fails::never), fails::save)));
    });
}

TEST_F(process_pool_failed_crossing, result_decode_throws_in_get) {
    auto answer = pool.submit(handle, 1, given(fails::never), fails::load);
    ASSERT_TRUE(answer.wait_for(long_enough)) << "what arrived is looked at in get alone";
    expect_failure(payload_side::result_decode, "fragile<2>", "it cannot be read",
                   [&] { static_cast<void>(answer.get()); });
}

/// Large data goes by another way: borrowed, in a frame of its own.
TEST_F(process_pool_failed_crossing, behind_large_data) {
    using both = std::pair<std::string, result>;
    const auto large = [](const std::string& text, fails when) { return both(text, handle(0, {}, when)); };
    const std::string text = random_text(1'000'000);
    expect_failure(payload_side::result_encode, "fragile<2>", "it cannot be written",
                   [&] { static_cast<void>(outcome_of(pool.submit(large, text, fails::save))); });
    expect_failure(payload_side::result_decode, "fragile<2>", "it cannot be read",
                   [&] { static_cast<void>(outcome_of(pool.submit(large, text, fails::load))); });
    EXPECT_TRUE(outcome_of(pool.submit(large, text, fails::never)).first == text);
}

/// Reads less than was written, and more.
struct leaves_some {
    int x = 0;
    template <class Archive>
    void save(Archive& archive) const {
        archive(x, x);
    }
    template <class Archive>
    void load(Archive& archive) {
        archive(x);
    }
};
struct wants_more {
    int x = 0;
    template <class Archive>
    void save(Archive& archive) const {
        archive(x);
    }
    template <class Archive>
    void load(Archive& archive) {
        archive(x, x);
    }
};

TEST_F(process_pool_failed_crossing, halves_that_do_not_match_are_noticed) {
    expect_failure(payload_side::argument_decode, "leaves_some", "left over",
                   [&] { outcome_of(pool.submit([](leaves_some) {}, leaves_some{})); });
    expect_failure(payload_side::argument_decode, "wants_more", "declared",
                   [&] { outcome_of(pool.submit([](wants_more) {}, wants_more{})); });
    expect_failure(payload_side::result_decode, "leaves_some", "left over",
                   [&] { static_cast<void>(outcome_of(pool.submit([] { return leaves_some{}; }))); });
}

/// As it is with retries, priorities and callbacks: none of them makes another attempt of it, or loses it.
TEST_F(process_pool_failed_crossing, is_not_retried_and_calls_back) {
    auto failed = pool.submit({.priority = task_priority::high, .retry = {.max_attempts = 3}}, handle, 1,
                              given(fails::load), fails::never);
    std::atomic<bool> called{false};
    failed.on_done([&] { called = true; });
    EXPECT_TRUE(eventually([&] { return called.load(); }));
    EXPECT_EQ(pool.stats().failed, 1u);
    EXPECT_THROW(static_cast<void>(outcome_of(failed)), payload_error);
}

/// Bytes that are no frame, from a task that found the pipe.
int write_noise() {
    const std::string noise(300, '#');
    if (::write(4, noise.data(), noise.size()) < 0) ::abort();
    return 0;
}

TEST_F(process_pool_failed_crossing,
       a_frame_that_fails_its_check_costs_one_task_and_is_an_event_with_a_reason) {
    event_log log;
    process_pool strict{{.workers = 1, .batches = batching::never, .on_event = log.function()}};
    const pid_t writer = outcome_of(strict.submit(own_pid));
    auto failed = strict.submit({.label = "the noisy one"}, write_noise);
    auto behind = strict.submit(twice, 21);
    const auto died = error_of<worker_died>(failed);
    EXPECT_EQ(died.pid(), writer);
    EXPECT_NE(died.hint().find("bytes that are not a frame"), std::string::npos) << died.what();
    EXPECT_EQ(outcome_of(behind), 42);
    ASSERT_TRUE(log.wait_for(pool_event_kind::recycled, 1));
    const pool_event event = log.of(pool_event_kind::recycled).front();
    EXPECT_EQ(event.pid, writer);
    EXPECT_NE(event.reason.find("bytes that are not a frame"), std::string::npos) << event.reason;
    strict.shutdown();
    EXPECT_EQ(log.count(pool_event_kind::died), 0u);
}

TEST_F(process_pool_failed_crossing, a_hundred_bad_and_a_hundred_good_ones_queued_together) {
    process_pool two{{.workers = 2}};
    const std::set<pid_t> before = wake_all(two);
    std::vector<future<result>> all;
    for (int i = 0; i != 200; ++i) {
        const bool bad = i % 2 == 0;
        const int way = i / 2 % 3;
        all.push_back(two.submit(handle, i, given(bad && way == 0 ? fails::load : fails::never),
                                 !bad || way == 0 ? fails::never
                                 : way == 1       ? fails::save
                                                  : fails::load));
    }
    int good = 0;
    int bad = 0;
    for (int i = 0; i != 200; ++i) {
        try {
            static_cast<void>(outcome_of(all[static_cast<std::size_t>(i)]));
            ++good;
            EXPECT_EQ(i % 2, 1) << i;
        } catch (const payload_error&) {
            ++bad;
            EXPECT_EQ(i % 2, 0) << i;
        }
    }
    EXPECT_EQ(good, 100);
    EXPECT_EQ(bad, 100);
    EXPECT_EQ(wake_all(two), before) << "no worker was replaced";
}

}  // namespace
}  // namespace penstock::test

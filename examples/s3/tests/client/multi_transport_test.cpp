// SPDX-License-Identifier: MIT
// Many operations in one thread: how many at once, on how many connections, and how they end.
#include "both_transports.hpp"

#include <sys/resource.h>

#include <set>

namespace s3::test {
namespace {

using namespace std::chrono_literals;

task<void> fetch(client* bucket, int number, std::multiset<int>* ended) {
    const byte_sink sink;
    const object_name name{"fruit", std::to_string(number)};
    (void)co_await bucket->get(name, sink);
    ended->insert(number);
}

TEST(multi_transport, runs_thousands_of_operations_and_no_more_at_once_than_allowed) {
    scripted_server server([](const seen_request&) { return answer(200, "x"); });
    multi_transport way(32);
    client bucket(quick_settings(server.endpoint()), some_keys(), way);
    std::multiset<int> ended;
    for (int number = 0; number < 3000; ++number) way.spawn(fetch(&bucket, number, &ended));
    std::size_t most = 0;
    while (way.poll(1000ms)) most = std::max(most, way.in_flight());
    EXPECT_EQ(ended.size(), 3000U);
    EXPECT_EQ(std::set<int>(ended.begin(), ended.end()).size(), 3000U);
    EXPECT_EQ(most, 32U);
    EXPECT_LE(server.connections(), 32);
    EXPECT_EQ(server.requests().size(), 3000U);
}

TEST(multi_transport, needs_few_descriptors_more_than_requests_in_flight) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    scripted_server server([](const seen_request&) { return answer(200, "x"); });
    // The server's ends are in this process, too: 2 x 256 and a little is what 1024 leaves room for.
    rlimit few = before;
    few.rlim_cur = std::min<rlim_t>(before.rlim_cur, 600);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    multi_transport way(256);
    client_settings settings = quick_settings(server.endpoint());
    settings.max_attempts = 1;
    client bucket(settings, some_keys(), way);
    std::multiset<int> ended;
    for (int number = 0; number < 2000; ++number) way.spawn(fetch(&bucket, number, &ended));
    EXPECT_NO_THROW(way.run());
    EXPECT_EQ(ended.size(), 2000U);
    EXPECT_LE(server.most_at_once(), 256);
    ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST(multi_transport, an_operation_that_backs_off_holds_nobody_up) {
    // Key 0 is told to wait for an hour, with room for one request: the others could not run if it kept that.
    scripted_server server([](const seen_request& request) {
        return request.number == 0 ? error_answer(503, "SlowDown", "", "Retry-After: 3600\r\n")
                                   : answer(200, "x");
    });
    std::multiset<int> ended;
    multi_transport way(1, [&] { return ended.size() == 19; });
    client_settings settings = quick_settings(server.endpoint());
    settings.longest_backoff = 1h;
    client bucket(settings, some_keys(), way);
    for (int number = 0; number < 20; ++number) way.spawn(fetch(&bucket, number, &ended));
    EXPECT_THROW(way.run(), stopped);
    EXPECT_EQ(ended.size(), 19U);
    EXPECT_EQ(ended.count(0), 0U);
    EXPECT_EQ(server.requests().size(), 20U);
}

TEST(multi_transport, operations_that_come_back_from_their_waits_take_no_more_room_than_allowed) {
    // All keys fail once and come back together.
    scripted_server server([](const seen_request& request) {
        return request.number < 60 ? error_answer(503, "SlowDown", "", "Retry-After: 1\r\n")
                                   : answer(200, "x");
    });
    multi_transport way(4);
    client_settings settings = quick_settings(server.endpoint());
    settings.longest_backoff = 300ms;
    client bucket(settings, some_keys(), way);
    std::multiset<int> ended;
    for (int number = 0; number < 60; ++number) way.spawn(fetch(&bucket, number, &ended));
    std::size_t most = 0;
    while (way.poll(1000ms)) most = std::max(most, way.in_flight());
    EXPECT_EQ(ended.size(), 60U);
    EXPECT_EQ(most, 4U);
}

TEST(multi_transport, a_failed_operation_does_not_end_the_others) {
    scripted_server server([](const seen_request& request) {
        return request.target == "/fruit/3" ? error_answer(403, "AccessDenied") : answer(200, "x");
    });
    multi_transport way(4);
    client bucket(quick_settings(server.endpoint()), some_keys(), way);
    std::multiset<int> ended;
    for (int number = 0; number < 20; ++number) way.spawn(fetch(&bucket, number, &ended));
    EXPECT_THROW(way.run(), s3_error);
    EXPECT_EQ(ended.size(), 19U);
    EXPECT_NO_THROW(way.run());  // told once
}

// Four requests are signed for the old region before the first of them is answered, and all are refused.
void expect_all_redirected(const scripted_server::handler& refuse) {
    std::atomic<int> refused{0};
    scripted_server server([&](const seen_request& request) {
        const bool right = request.header("authorization").find("/eu-west-1/s3/") != std::string::npos;
        if (right) return answer(200, "x");
        ++refused;
        return refuse(request);
    });
    multi_transport way(4);
    client bucket(quick_settings(server.endpoint()), some_keys(), way);
    std::multiset<int> ended;
    for (int number = 0; number < 12; ++number) way.spawn(fetch(&bucket, number, &ended));
    EXPECT_NO_THROW(way.run());
    EXPECT_EQ(ended.size(), 12U);
    EXPECT_EQ(refused, 4);
    EXPECT_EQ(bucket.counters().redirects, 4U);
}

TEST(multi_transport, a_redirect_moves_all_that_were_in_flight) {
    expect_all_redirected([](const seen_request&) {
        return error_answer(301, "PermanentRedirect", "", "x-amz-bucket-region: eu-west-1\r\n");
    });
}

TEST(multi_transport, a_malformed_authorization_moves_all_that_were_in_flight) {
    expect_all_redirected([](const seen_request&) {
        return error_answer(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>");
    });
}

task<void> spawn_more(multi_transport* way, client* bucket, std::multiset<int>* ended) {
    co_await fetch(bucket, 0, ended);
    for (int number = 1; number < 10; ++number) way->spawn(fetch(bucket, number, ended));
}

TEST(multi_transport, tasks_spawn_tasks) {
    scripted_server server([](const seen_request&) { return answer(200, "x"); });
    multi_transport way(2);
    client bucket(quick_settings(server.endpoint()), some_keys(), way);
    std::multiset<int> ended;
    way.spawn(spawn_more(&way, &bucket, &ended));
    way.run();
    EXPECT_EQ(ended.size(), 10U);
}

// Never answers: what comes is kept waiting.
reply silence() { return {"", then::keep, {}}; }

task<void> note_stop(client* bucket, int* count) {
    const byte_sink sink;
    const object_name name{"fruit", "pear"};
    try {
        (void)co_await bucket->get(name, sink);
    } catch (const stopped&) {
        ++*count;
    }
}

TEST(multi_transport, a_stop_ends_what_is_in_flight_and_what_waits) {
    std::atomic<int> seen{0};
    scripted_server server([&](const seen_request&) {
        ++seen;
        return silence();
    });
    multi_transport way(4, [&] { return seen == 4; });
    client_settings settings = quick_settings(server.endpoint());
    settings.stall_timeout = 1h;  // nothing but the stop ends them
    client bucket(settings, some_keys(), way);
    int count = 0;
    for (int number = 0; number < 50; ++number) way.spawn(note_stop(&bucket, &count));
    way.run();
    EXPECT_EQ(count, 50);
    EXPECT_EQ(server.requests().size(), 4U);
}

TEST(multi_transport, its_end_unwinds_the_operations) {
    std::atomic<int> seen{0};
    scripted_server server([&](const seen_request&) {
        ++seen;
        return silence();
    });
    int count = 0;
    auto way = std::make_unique<multi_transport>(4);
    client bucket(quick_settings(server.endpoint()), some_keys(), *way);
    for (int number = 0; number < 50; ++number) way->spawn(note_stop(&bucket, &count));
    while (seen < 4) way->poll(10ms);
    way.reset();
    EXPECT_EQ(count, 4);  // the others had not begun
}

TEST(blocking_transport, a_stop_ends_the_request_and_the_wait) {
    std::atomic<int> seen{0};
    scripted_server server([&](const seen_request&) {
        ++seen;
        return silence();
    });
    blocking_transport way([&] { return seen != 0; });
    client bucket(quick_settings(server.endpoint()), some_keys(), way);
    int count = 0;
    run_here(note_stop(&bucket, &count));
    EXPECT_EQ(count, 1);
    bool paused = false;
    way.pause(1h, [&] { paused = true; });
    EXPECT_TRUE(paused);
}

TEST(blocking_transport, a_stalled_answer_is_an_error) {
    scripted_server server([](const seen_request&) { return silence(); });
    blocking_transport way;
    client_settings settings = quick_settings(server.endpoint());
    settings.max_attempts = 1;
    settings.stall_timeout = 1s;
    client bucket(settings, some_keys(), way);
    const byte_sink sink;
    EXPECT_THROW((void)run_here(bucket.get({"fruit", "pear"}, sink)), s3_error);
}

task<int> nothing(int value) { co_return value; }

task<long> add_many(int count) {
    long sum = 0;
    for (int value = 0; value < count; ++value) sum += co_await nothing(value);
    co_return sum;
}

TEST(task, a_long_loop_of_tasks_that_end_at_once_needs_no_stack) {
    EXPECT_EQ(run_here(add_many(1'000'000)), 499'999'500'000);
}

TEST(task, that_waits_for_a_loop_cannot_be_run_in_place) {
    scripted_server server([](const seen_request&) { return answer(200, "x"); });
    auto way = std::make_unique<multi_transport>(1);
    client bucket(quick_settings(server.endpoint()), some_keys(), *way);
    auto work = bucket.create_bucket("fruit");
    work.begin();
    EXPECT_FALSE(work.done());
    way.reset();  // unwinds it
    EXPECT_TRUE(work.done());
    EXPECT_THROW(work.take(), stopped);
}

TEST(task, can_be_begun_by_hand_and_polled_to_its_end) {
    scripted_server server([](const seen_request&) { return answer(200, "x"); });
    multi_transport way(1);
    client bucket(quick_settings(server.endpoint()), some_keys(), way);
    auto work = bucket.create_bucket("fruit");
    work.begin();
    EXPECT_FALSE(work.done());
    way.poll(0ms);
    while (!work.done()) way.poll(10ms);
    EXPECT_NO_THROW(work.take());
}

}  // namespace
}  // namespace s3::test

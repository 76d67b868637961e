// SPDX-License-Identifier: MIT
// start_method::forkserver where it cannot be had: a preload that leaves threads behind, throws, exits or hangs.
#include "pool/forkserver_fixture.hpp"

#include <thread>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

class loading : public process_pool_forkserver {
public:
    using process_pool_forkserver::load;
};

std::pair<pid_t, pid_t> own_and_parent() { return {::getpid(), ::getppid()}; }
void load_with_a_thread_that_stays(const std::string& marks, int value) {
    loading::load(marks, value);
    std::thread([] {
        for (;;) ::pause();
    }).detach();
}
void load_with_threads_that_end(const std::string& marks, int value) {
    for (int i = 0; i != 20; ++i) std::thread([] {}).join();
    loading::load(marks, value);
}
void load_and_throw(const std::string& marks) {
    tally::mark(marks);
    throw std::out_of_range("no such model");
}
void load_and_throw_at_length() { throw std::runtime_error("so long: " + std::string(100'000, 'x')); }
void load_and_exit(const std::string& marks) {
    tally::mark(marks);
    ::_exit(5);
}
void load_and_hang(const std::string& marks) {
    tally::mark(marks);
    for (;;) ::pause();
}
void load_and_close_everything() { ::closefrom(3); }

TEST_F(process_pool_forkserver, a_preload_that_leaves_a_thread_means_spawn) {
    pool_options options{.workers = 3,
                         .start = start_method::forkserver,
                         .preload = call(load_with_a_thread_that_stays, marks_.path(), 7),
                         .on_event = events_.function()};
    process_pool pool(options);
    for (const pid_t worker : wake_all(pool)) EXPECT_EQ(stat_of(worker).parent, ::getpid());
    for (int i = 0; i != 10; ++i) EXPECT_EQ(outcome_of(pool.submit(seen)), 7) << "preload did not run in a spawned worker";
    expect_works(pool);
    ASSERT_TRUE(eventually([&] { return !events_.of(pool_event_kind::fell_back).empty(); }));
    ASSERT_EQ(events_.of(pool_event_kind::fell_back).size(), 1u);
    expect_contains(events_.of(pool_event_kind::fell_back).front().reason, "2 threads");
    EXPECT_EQ(marks_.count(), 4u); // the zygote and three workers
    EXPECT_TRUE(eventually([] { return own_children().size() == 3; })) << "the zygote is still there";
    for (const pid_t worker : wake_all(pool)) kill_and_wait(worker);
    expect_works(pool);
    EXPECT_EQ(events_.of(pool_event_kind::fell_back).size(), 1u);
}

TEST_F(process_pool_forkserver, a_preload_whose_threads_have_ended_can_be_forked) {
    for (int round = 0; round != 20; ++round) {
        pool_options options{.workers = 1,
                             .start = start_method::forkserver,
                             .preload = call(load_with_threads_that_end, marks_.path(), 7),
                             .on_event = events_.function()};
        process_pool pool(options);
        EXPECT_EQ(outcome_of(pool.submit(own_and_parent)).second, zygote());
    }
    EXPECT_TRUE(events_.of(pool_event_kind::fell_back).empty());
}

TEST_F(process_pool_forkserver, without_pidfds_means_spawn) {
    os::calls().pidfd_open = [](pid_t, unsigned) {
        errno = ENOSYS;
        return -1;
    };
    pool_options options = with_load(2, 7);
    options.on_event = events_.function();
    process_pool pool(options);
    expect_works(pool);
    EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
    ASSERT_TRUE(eventually([&] { return !events_.of(pool_event_kind::fell_back).empty(); }));
    expect_contains(events_.of(pool_event_kind::fell_back).front().reason, "pidfd_open");
}

TEST_F(process_pool_forkserver, a_preload_that_throws_breaks_the_pool_with_its_message) {
    process_pool pool({.workers = 3, .start = start_method::forkserver, .preload = call(load_and_throw, marks_.path())});
    const auto e = how_it_breaks(pool);
    expect_contains(e.what(), "no such model");
    ASSERT_FALSE(e.causes().empty());
    expect_contains(e.causes().front(), "no such model");
    EXPECT_EQ(marks_.count(), 1u);
    EXPECT_TRUE(eventually([] { return own_children().empty(); }));
}

TEST_F(process_pool_forkserver, a_pool_whose_preload_threw_can_be_reset) {
    process_pool pool({.workers = 2, .start = start_method::forkserver, .preload = call(load_and_throw, marks_.path())});
    how_it_breaks(pool);
    pool.reset();
    expect_contains(how_it_breaks(pool).what(), "no such model");
    EXPECT_EQ(marks_.count(), 2u);
}

TEST_F(process_pool_forkserver, a_long_message_is_cut) {
    process_pool pool({.workers = 1, .start = start_method::forkserver, .preload = call(load_and_throw_at_length)});
    expect_contains(how_it_breaks(pool).what(), "so long: xxxxxxxxxx");
}

TEST_F(process_pool_forkserver, a_preload_that_exits_every_time_breaks_the_pool_with_the_causes) {
    process_pool pool({.workers = 1, .start = start_method::forkserver, .preload = call(load_and_exit, marks_.path())});
    const auto e = how_it_breaks(pool);
    EXPECT_EQ(marks_.count(), 6u); // the budget is 5 deaths in 10 s, the sixth breaks it
    EXPECT_EQ(e.causes().size(), 6u);
    for (const auto& cause : e.causes()) expect_contains(cause, "exit status 5");
}

TEST_F(process_pool_forkserver, a_preload_that_hangs_is_ended_by_start_timeout) {
    process_pool pool({.workers = 1,
                       .start = start_method::forkserver,
                       .preload = call(load_and_hang, marks_.path()),
                       .start_timeout = 30ms});
    const auto e = how_it_breaks(pool);
    ASSERT_FALSE(e.causes().empty());
    for (const auto& cause : e.causes()) expect_contains(cause, "start_timeout");
}

TEST_F(process_pool_forkserver, a_preload_that_closes_everything_breaks_the_pool) {
    pool_broken e("none", {});
    {
        const silence quiet;
        process_pool pool({.workers = 2, .start = start_method::forkserver, .preload = call(load_and_close_everything)});
        e = how_it_breaks(pool);
    }
    ASSERT_FALSE(e.causes().empty());
    expect_contains(e.causes().front(), "exit status 120");
}

} // namespace
} // namespace penstock::test

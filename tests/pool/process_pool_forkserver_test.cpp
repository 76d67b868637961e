// SPDX-License-Identifier: MIT
// start_method::forkserver: workers forked from a zygote that ran preload.
#include "os/system_calls.hpp"
#include "support/payload.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"
#include "tally.hpp"

#include <penstock/this_task.hpp>
#include <penstock/thread_pool.hpp>

#include <atomic>
#include <csignal>
#include <mutex>
#include <thread>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

// Preloads, and what tasks see of them.
int preloaded = 0;
std::string preloaded_text;
std::vector<int> preloaded_files;

void load(const std::string& marks, int value) {
    tally::mark(marks);
    preloaded += value;
}
void load_text(const std::string& text) { preloaded_text = text; }
void load_with_a_thread_that_stays(const std::string& marks, int value) {
    load(marks, value);
    std::thread([] {
        for (;;) ::pause();
    }).detach();
}
void load_with_threads_that_end(const std::string& marks, int value) {
    for (int i = 0; i != 20; ++i) std::thread([] {}).join();
    load(marks, value);
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
void load_and_change_signals() {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
    std::signal(SIGUSR1, SIG_IGN);
    std::signal(SIGCHLD, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
    preloaded_files.push_back(::open("/dev/null", O_RDONLY));
}

std::string seen_text() { return preloaded_text; }
int seen() { return preloaded; }
int change(int by) { return preloaded += by; }
std::pair<pid_t, pid_t> own_and_parent() { return {::getpid(), ::getppid()}; }
void exit_with(int status) { ::_exit(status); }
void die_of(int signal) {
    std::signal(signal, SIG_DFL); // a sanitizer may have a handler
    ::raise(signal);
}
void mark(const std::string& marks) { tally::mark(marks); }
void say(const std::string& text) { std::puts(text.c_str()); }
int run_until_stopped(const std::string& arrived) {
    arrivals::announce(arrived);
    while (!this_task::stop_requested()) ::poll(nullptr, 0, 1);
    return 5;
}
std::vector<int> open_descriptors() {
    std::vector<int> numbers;
    for (const auto& [fd, what] : look_at_this_process().descriptors) numbers.push_back(fd);
    return numbers;
}
/// Signals that are blocked, ignored or handled.
std::vector<int> changed_signals() {
    std::vector<int> changed;
    sigset_t mask;
    ::sigprocmask(SIG_BLOCK, nullptr, &mask);
    for (const int signal : {SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, SIGTERM, SIGPIPE, SIGALRM}) {
        struct sigaction action {};
        ::sigaction(signal, nullptr, &action);
        if (::sigismember(&mask, signal) != 0 || action.sa_handler != SIG_DFL) changed.push_back(signal);
    }
    return changed;
}

/// Events of a pool, for a test's own thread.
class event_log {
public:
    void add(const pool_event& event) {
        const std::lock_guard lock(mutex_);
        events_.push_back(event);
    }
    std::vector<pool_event> of(pool_event_kind kind) const {
        const std::lock_guard lock(mutex_);
        std::vector<pool_event> found;
        for (const pool_event& event : events_)
            if (event.kind == kind) found.push_back(event);
        return found;
    }

private:
    mutable std::mutex mutex_;
    std::vector<pool_event> events_;
};

class process_pool_forkserver : public pool_test {
protected:
    ~process_pool_forkserver() override {
        os::calls() = real_;
        expect_back_to(before_);
    }
    void SetUp() override {
        if (with_thread_sanitizer) GTEST_SKIP() << "ThreadSanitizer has a thread of its own in the zygote, which is never forked then";
    }

    pool_options with(std::size_t workers) const { return {.workers = workers, .start = start_method::forkserver}; }
    pool_options with_load(std::size_t workers, int value) const {
        return {.workers = workers, .start = start_method::forkserver, .preload = call(load, marks_.path(), value)};
    }
    /// The only child of this process, which is the zygote once the pool is there.
    static pid_t zygote() {
        const std::set<pid_t> children = own_children();
        EXPECT_EQ(children.size(), 1u);
        return children.empty() ? -1 : *children.begin();
    }
    /// A task that runs in some worker, and the worker's pid.
    struct held_task {
        future<pid_t> result;
        pid_t worker;
    };
    held_task hold_one(process_pool& pool) {
        auto held = pool.submit(stay, there_.path(), release_.path());
        return {std::move(held), there_.next()};
    }
    static void expect_contains(const std::string& text, const std::string& part) {
        EXPECT_NE(text.find(part), std::string::npos) << text;
    }
    static pool_broken how_it_breaks(process_pool& pool) {
        try {
            return error_of<pool_broken>(pool.submit(twice, 1));
        } catch (const pool_broken& e) { // it was broken before that
            return e;
        }
    }

    const os::system_calls real_ = os::calls();
    tally marks_;
    arrivals there_;
    gate release_;
    event_log events_;
    process_state before_ = look_at_this_process();
};

TEST_F(process_pool_forkserver, workers_are_children_of_one_zygote) {
    process_pool pool(with(3));
    for (const pid_t worker : wake_all(pool)) EXPECT_EQ(stat_of(worker).parent, zygote());
    const auto [own, parent] = outcome_of(pool.submit(own_and_parent));
    EXPECT_EQ(parent, zygote());
    EXPECT_NE(own, parent);
    expect_works(pool);
}

TEST_F(process_pool_forkserver, preload_runs_once_and_every_worker_has_what_it_made) {
    process_pool pool(with_load(3, 7));
    for (int i = 0; i != 30; ++i) EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
    for (int i = 0; i != 5; ++i) {
        for (const pid_t worker : wake_all(pool)) kill_and_wait(worker);
        EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
    }
    EXPECT_EQ(marks_.count(), 1u);
}

TEST_F(process_pool_forkserver, what_a_worker_changes_is_its_own) {
    process_pool pool(with_load(1, 7));
    EXPECT_EQ(outcome_of(pool.submit(change, 1)), 8);
    kill_and_wait(outcome_of(pool.submit(own_pid)));
    EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
}

TEST_F(process_pool_forkserver, the_arguments_of_preload_may_be_larger_than_a_socket_holds) {
    const std::string text = random_text(3'000'001);
    process_pool pool({.workers = 2, .start = start_method::forkserver, .preload = call(load_text, text)});
    EXPECT_EQ(outcome_of(pool.submit(seen_text)), text);
}

TEST_F(process_pool_forkserver, the_initializer_runs_in_every_worker) {
    const tally initialized;
    pool_options options = with_load(3, 7);
    options.initializer = call(mark, initialized.path());
    process_pool pool(options);
    for (const pid_t worker : wake_all(pool)) kill_and_wait(worker);
    EXPECT_EQ(wake_all(pool).size(), 3u);
    EXPECT_EQ(initialized.count(), 6u);
    EXPECT_EQ(marks_.count(), 1u);
}

TEST_F(process_pool_forkserver, a_worker_has_its_five_descriptors_and_clean_signals) {
    process_pool pool({.workers = 2, .start = start_method::forkserver, .preload = call(load_and_change_signals)});
    EXPECT_EQ(outcome_of(pool.submit(open_descriptors)), (std::vector<int>{0, 1, 2, 3, 4}));
    EXPECT_EQ(outcome_of(pool.submit(changed_signals)), std::vector<int>{});
}

TEST_F(process_pool_forkserver, tells_how_workers_ended) {
    process_pool pool(with(2));
    for (int round = 0; round != 10; ++round) {
        EXPECT_EQ(error_of<worker_died>(pool.submit(exit_with, 7)).exit_status(), 7);
        EXPECT_EQ(error_of<worker_died>(pool.submit(exit_with, 0)).exit_status(), 0);
        EXPECT_EQ(error_of<worker_died>(pool.submit(die_of, SIGSEGV)).signal(), SIGSEGV);
        held_task held = hold_one(pool);
        EXPECT_EQ(::kill(held.worker, SIGKILL), 0);
        const auto e = error_of<worker_died>(held.result);
        EXPECT_EQ(e.pid(), held.worker);
        EXPECT_EQ(e.signal(), SIGKILL);
    }
    expect_works(pool);
}

TEST_F(process_pool_forkserver, stop_requests_arrive) {
    process_pool pool(with(1));
    auto running = pool.submit(run_until_stopped, there_.path());
    const pid_t worker = there_.next();
    EXPECT_TRUE(running.cancel(true));
    EXPECT_THROW(outcome_of(running), task_cancelled);
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), worker) << "it was killed although it stopped when asked to";
}

TEST_F(process_pool_forkserver, a_dead_zygote_costs_the_running_tasks_and_is_replaced) {
    pool_options options = with_load(4, 7);
    options.on_event = [this](const pool_event& event) { events_.add(event); };
    process_pool pool(options);
    std::vector<future<pid_t>> running;
    std::set<pid_t> workers;
    for (int i = 0; i != 4; ++i) running.push_back(pool.submit(stay, there_.path(), release_.path()));
    for (int i = 0; i != 4; ++i) workers.insert(there_.next());
    std::vector<future<int>> queued;
    for (int i = 0; i != 100; ++i) queued.push_back(pool.submit(twice, i));
    const pid_t first = zygote();
    EXPECT_EQ(::kill(first, SIGKILL), 0);
    for (auto& each : running) {
        const auto e = error_of<worker_died>(each);
        EXPECT_EQ(workers.count(e.pid()), 1u);
        expect_contains(e.what(), "zygote");
        expect_contains(e.what(), "signal 9");
    }
    for (int i = 0; i != 100; ++i) EXPECT_EQ(outcome_of(queued[static_cast<std::size_t>(i)]), 2 * i);
    expect_works(pool);
    EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
    EXPECT_EQ(marks_.count(), 2u);
    EXPECT_NE(zygote(), first);
    EXPECT_EQ(pool.stats().respawns_died, 4u);
    EXPECT_EQ(events_.of(pool_event_kind::died).size(), 4u);
    EXPECT_TRUE(events_.of(pool_event_kind::fell_back).empty());
}

TEST_F(process_pool_forkserver, a_dead_zygote_of_idle_workers_costs_nothing) {
    process_pool pool(with_load(3, 7));
    for (int round = 1; round != 11; ++round) {
        EXPECT_EQ(wake_all(pool).size(), 3u);
        const pid_t dead = zygote();
        std::set<pid_t> workers = children_of(dead);
        EXPECT_EQ(::kill(dead, SIGKILL), 0);
        EXPECT_TRUE(eventually([&] { return std::none_of(workers.begin(), workers.end(), lives); }));
        EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
    }
    EXPECT_EQ(marks_.count(), 11u);
}

TEST_F(process_pool_forkserver, a_preload_that_leaves_a_thread_means_spawn) {
    pool_options options{.workers = 3,
                         .start = start_method::forkserver,
                         .preload = call(load_with_a_thread_that_stays, marks_.path(), 7),
                         .on_event = [this](const pool_event& event) { events_.add(event); }};
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
                             .on_event = [this](const pool_event& event) { events_.add(event); }};
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
    options.on_event = [this](const pool_event& event) { events_.add(event); };
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

TEST_F(process_pool_forkserver, a_stopped_zygote_does_not_keep_a_future_or_the_end_waiting) {
    pool_options options = with(2);
    options.grace = 50ms;
    process_pool pool(options);
    EXPECT_EQ(wake_all(pool).size(), 2u);
    held_task held = hold_one(pool);
    const pid_t stopped = zygote();
    EXPECT_EQ(::kill(stopped, SIGSTOP), 0);
    EXPECT_EQ(::kill(held.worker, SIGKILL), 0);
    const auto e = error_of<worker_died>(held.result); // how it ended, only the zygote could tell
    EXPECT_EQ(e.signal(), 0);
    EXPECT_EQ(e.exit_status(), -1);
    EXPECT_EQ(outcome_of(pool.submit(twice, 2)), 4); // by the other worker
    pool.shutdown();
    EXPECT_FALSE(lives(stopped));
}

TEST_F(process_pool_forkserver, ends_with_its_parent) {
    const pid_t parent = ::fork();
    if (parent == 0) {
        process_pool pool(with(3));
        std::vector<future<pid_t>> held;
        for (int i = 0; i != 2; ++i) held.push_back(pool.submit(stay, there_.path(), release_.path()));
        for (;;) ::pause();
    }
    std::set<pid_t> family{there_.next(), there_.next()};
    const pid_t forker = stat_of(*family.begin()).parent;
    EXPECT_EQ(stat_of(forker).parent, parent);
    family = children_of(forker);
    EXPECT_GE(family.size(), 2u); // the third may be on its way
    family.insert(forker);
    EXPECT_EQ(::kill(parent, SIGKILL), 0);
    EXPECT_EQ(::waitpid(parent, nullptr, 0), parent);
    EXPECT_TRUE(eventually([&] { return std::none_of(family.begin(), family.end(), lives); }));
}

TEST_F(process_pool_forkserver, leaves_nothing_behind) {
    for (int round = 0; round != 50; ++round) {
        process_pool pool(with_load(2, 7));
        EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
        if (round % 3 == 1) pool.shutdown(shutdown_mode::kill);
        if (round % 3 == 2) kill_and_wait(outcome_of(pool.submit(own_pid)));
    }
    EXPECT_EQ(marks_.count(), 50u);
    expect_back_to(before_);
}

TEST_F(process_pool_forkserver, replaces_a_hundred_workers) {
    process_pool pool(with_load(2, 7));
    expect_works(pool);
    const process_state running = look_at_this_process();
    const pid_t one = zygote();
    for (int i = 0; i != 100; ++i) EXPECT_EQ(error_of<worker_died>(pool.submit(exit_with, 3)).exit_status(), 3);
    expect_works(pool);
    expect_back_to(running);
    EXPECT_EQ(zygote(), one);
    EXPECT_TRUE(eventually([&] { return children_of(one).size() == 2; })) << "zombies";
    EXPECT_EQ(marks_.count(), 1u);
}

TEST_F(process_pool_forkserver, grows_shrinks_and_recycles) {
    pool_options options = with_load(1, 7);
    options.max_tasks_per_worker = 4;
    process_pool pool(options);
    for (const std::size_t size : {4u, 2u, 6u, 1u, 3u}) {
        pool.resize(size);
        EXPECT_EQ(wake_all(pool).size(), size);
    }
    for (int i = 0; i != 50; ++i) EXPECT_EQ(outcome_of(pool.submit(seen)), 7);
    EXPECT_GE(pool.stats().respawns_recycled, 10u);
    EXPECT_EQ(pool.stats().respawns_died, 0u);
    EXPECT_EQ(marks_.count(), 1u);
}

TEST_F(process_pool_forkserver, every_way_to_shut_down_ends) {
    for (const auto mode : {shutdown_mode::drain, shutdown_mode::cancel_pending, shutdown_mode::kill}) {
        process_pool pool(with(2));
        std::vector<future<int>> all;
        for (int i = 0; i != 50; ++i) all.push_back(pool.submit(twice, i));
        pool.shutdown(mode);
        for (auto& each : all) EXPECT_TRUE(each.ready());
        EXPECT_TRUE(own_children().empty());
    }
}

// The n-th of certain calls fails.
const os::system_calls real = os::calls();
std::atomic<int> calls_left{0};
std::atomic<int> error_to_give{0};
bool fails() {
    if (--calls_left != 0) return false;
    errno = error_to_give;
    return true;
}
int failing_pipe2(int* ends, int flags) { return fails() ? -1 : real.pipe2(ends, flags); }
int failing_pidfd_open(pid_t pid, unsigned flags) { return fails() ? -1 : real.pidfd_open(pid, flags); }
int failing_open(const char* path, int flags) { return fails() ? -1 : real.open(path, flags); }
int failing_socketpair(int domain, int type, int protocol, int* ends) {
    return fails() ? -1 : real.socketpair(domain, type, protocol, ends);
}
ssize_t failing_sendmsg(int fd, const msghdr* message, int flags) { return fails() ? -1 : real.sendmsg(fd, message, flags); }
ssize_t failing_recvmsg(int fd, msghdr* message, int flags) { return fails() ? -1 : real.recvmsg(fd, message, flags); }
int failing_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes,
                  char* const* argv, char* const* envp) {
    return fails() ? error_to_give.load() : real.posix_spawn(pid, path, actions, attributes, argv, envp);
}

TEST_F(process_pool_forkserver, any_call_that_fails_fails_the_start_or_is_made_good) {
    const auto try_all = [&](const char* name, auto os::system_calls::*call, auto failing, int error) {
        int n = 0;
        for (bool reached = true; reached && n != 200; expect_back_to(before_)) {
            calls_left = ++n;
            error_to_give = error;
            os::calls().*call = failing;
            try {
                process_pool pool(with(3));
                // A zygote that cannot be talked to is killed, and its workers with it.
                EXPECT_EQ(outcome_of(pool.submit({.retry = {.max_attempts = 3}}, twice, 2)), 4) << name << ' ' << n;
                expect_works(pool);
                kill_and_wait(outcome_of(pool.submit(own_pid)));
                expect_works(pool);
            } catch (const start_error& e) {
                EXPECT_EQ(e.code().value(), error) << name << ' ' << n;
            }
            os::calls() = real_;
            reached = calls_left <= 0;
        }
        EXPECT_GT(n, 1) << name << " was never called";
        EXPECT_LT(n, 200) << name;
    };
    try_all("pipe2", &os::system_calls::pipe2, failing_pipe2, EMFILE);
    try_all("pidfd_open", &os::system_calls::pidfd_open, failing_pidfd_open, EMFILE);
    try_all("open", &os::system_calls::open, failing_open, EMFILE);
    try_all("socketpair", &os::system_calls::socketpair, failing_socketpair, EMFILE);
    try_all("posix_spawn", &os::system_calls::posix_spawn, failing_spawn, EAGAIN);
}

TEST_F(process_pool_forkserver, a_zygote_that_cannot_be_talked_to_is_replaced) {
    pool_options options = with(3);
    options.start_timeout = 1s;
    for (const int error : {ENOBUFS, EPIPE})
        for (int n = 1; n <= 12; ++n) {
            calls_left = n;
            error_to_give = error;
            if (n % 2 == 0) os::calls().sendmsg = failing_sendmsg;
            else os::calls().recvmsg = failing_recvmsg;
            try {
                process_pool pool(options);
                EXPECT_EQ(outcome_of(pool.submit({.retry = {.max_attempts = 3}}, twice, 2)), 4) << "call " << n;
            } catch (const start_error& e) {
                EXPECT_EQ(e.code().value(), error) << "call " << n;
            }
            os::calls() = real_;
            expect_back_to(before_);
        }
}

TEST_F(process_pool_forkserver, when_descriptors_run_out_on_the_way_leaves_nothing_behind) {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    std::vector<int> taken;
    const rlimit tight{200, limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) taken.push_back(fd);
    for (int free = 0; free != 40; ++free) { // three workers need fewer
        try {
            process_pool pool(with(3));
            EXPECT_EQ(outcome_of(pool.submit(twice, 3)), 6) << free;
        } catch (const start_error& e) {
            EXPECT_EQ(e.code(), std::errc::too_many_files_open) << e.what();
        }
        ::close(taken.back());
        taken.pop_back();
    }
    process_pool pool(with(3));
    expect_works(pool);
    for (const int fd : taken) ::close(fd);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST_F(process_pool_forkserver, too_few_descriptors_are_named) {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    const rlimit tight{100, limit.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
    try {
        process_pool pool(with(50));
        ADD_FAILURE() << "the pool was made";
    } catch (const start_error& e) {
        expect_contains(e.what(), "210"); // 4 a worker, 8 for the pool, 2 for the zygote
    }
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST_F(process_pool_forkserver, output_can_be_captured) {
    std::mutex lock;
    std::vector<std::string> lines;
    pool_options options = with(2);
    options.output.mode = output_mode::capture;
    options.output.on_line = [&](const captured_line& line) {
        const std::lock_guard guard(lock);
        lines.push_back(line.text);
    };
    {
        process_pool pool(options);
        for (int i = 0; i != 3; ++i) outcome_of(pool.submit(say, std::string("line")));
        kill_and_wait(outcome_of(pool.submit(own_pid)));
        outcome_of(pool.submit(say, std::string("line")));
    }
    EXPECT_EQ(lines, std::vector<std::string>(4, "line"));
}

TEST_F(process_pool_forkserver, options_that_make_no_sense_are_refused) {
    EXPECT_THROW(process_pool({.workers = 1, .preload = call(do_nothing)}), std::invalid_argument);
    const int captured = 3;
    EXPECT_THROW(process_pool({.workers = 1,
                               .start = start_method::forkserver,
                               .preload = call([captured] { static_cast<void>(captured); })}),
                 std::invalid_argument);
    EXPECT_THROW(thread_pool({.workers = 1, .start = start_method::forkserver}), std::invalid_argument);
    EXPECT_THROW(thread_pool({.workers = 1, .preload = call(do_nothing)}), std::invalid_argument);
}

} // namespace
} // namespace penstock::test

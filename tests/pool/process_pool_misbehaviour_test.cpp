// SPDX-License-Identifier: MIT
// Tasks that do what no task should: each costs at most its own future; the worker is replaced, the next task runs,
// nothing is left behind.
#include "support/payload.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"

#include <pthread.h>
#include <sys/syscall.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>

namespace penstock::test {
namespace {

void end_with_underscore_exit(int status) { ::_exit(status); }
void end_with_exit(int status) { std::exit(status); }
void end_with_abort() { std::abort(); }
void end_with_signal(int signal) { ::raise(signal); }
void write_to_nowhere() {
    volatile std::uintptr_t nowhere = 16;
    *reinterpret_cast<volatile int*>(nowhere) = 1; // NOLINT: that is the point
}
int overflow_the_stack(int depth) { // not a tail call: the page is used afterwards
    if (depth < 0) return 0;
    volatile char page[4096];
    page[depth % 4096] = 1;
    const int below = overflow_the_stack(depth + 1);
    return below + page[depth % 4096];
}
void end_the_thread() { ::pthread_exit(nullptr); }
void end_the_thread_while_another_runs() {
    std::thread([] { ::pause(); }).detach();
    ::pthread_exit(nullptr);
}
void close_everything(unsigned from) { ::syscall(SYS_close_range, from, ~0u, 0u); }
void write_garbage_everywhere(std::uint64_t seed, std::size_t size) {
    const std::string garbage = random_text(size, seed);
    for (int fd = 0; fd != 256; ++fd) {
        if (fd == STDOUT_FILENO || fd == STDERR_FILENO) continue; // somebody reads those, see prints_10_megabytes
        ::fcntl(fd, F_SETFL, O_NONBLOCK); // whatever happens, it must not wait
        [[maybe_unused]] const ssize_t written = ::write(fd, garbage.data(), garbage.size());
    }
}
int print(std::size_t bytes) {
    for (std::size_t i = 0; i != bytes / 100; ++i) std::printf("%099zu\n", i);
    return std::fflush(stdout);
}
int block_all_signals() {
    sigset_t all;
    sigfillset(&all);
    return ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
}
/// A child that holds both pipes for ever; told to the test, which ends it.
void leave_a_child(const std::string& arrived, bool die) {
    const pid_t child = ::fork();
    if (child == 0)
        for (;;) ::pause();
    arrivals::announce(arrived, child);
    if (die) ::raise(SIGKILL);
}
int come_back_twice(int x) {
    ::fork();
    return x + 1;
}
int throw_twice(int x) {
    ::fork();
    throw std::out_of_range(std::to_string(x));
}
void leave_a_thread() {
    std::thread([] { ::pause(); }).detach();
}
int one_of_many(int i) {
    if (i % 10 == 3) throw std::out_of_range(std::to_string(i));
    if (i % 10 == 5) throw i;
    if (i % 25 == 7) ::_exit(i % 3);
    return i;
}

/// Ends what a task left behind, also when the test fails before its end.
class left_child {
public:
    explicit left_child(pid_t pid) : pid_(pid) {}
    ~left_child() { ::kill(pid_, SIGKILL); }
    left_child(const left_child&) = delete;
    left_child& operator=(const left_child&) = delete;
    pid_t pid() const { return pid_; }

private:
    pid_t pid_;
};

class process_pool_misbehaviour : public pool_test {
protected:
    process_pool_misbehaviour() : pool_(quiet_pool()), before_(look_at_this_process()) {}
    ~process_pool_misbehaviour() override {
        expect_works(*pool_);
        expect_back_to(before_);
        pool_.reset();
        expect_back_to(without_pool_);
    }

    template <class F, class... Args>
    worker_died death_by(F f, Args... args) {
        auto lost = pool_->submit({.label = "bad"}, f, args...);
        auto neighbour = pool_->submit(twice, 21);
        const auto e = error_of<worker_died>(lost);
        EXPECT_EQ(e.label(), "bad");
        EXPECT_GT(e.pid(), 0);
        EXPECT_EQ(outcome_of(neighbour), 42);
        return e;
    }
    static void expect_exit(const worker_died& e, int status) {
        EXPECT_EQ(e.exit_status(), status) << e.what();
        EXPECT_EQ(e.signal(), 0) << e.what();
    }
    static void expect_signal(const worker_died& e, int signal) { // sanitizers report the fault and exit instead
        if (with_sanitizer && e.signal() == 0) return;
        EXPECT_EQ(e.signal(), signal) << e.what();
        EXPECT_EQ(e.exit_status(), -1) << e.what();
    }

    std::unique_ptr<process_pool> quiet_pool() { // what its first workers print would only disturb
        const silence quiet;
        auto made = std::make_unique<process_pool>(pool_options{.workers = 2});
        wake_all(*made);
        return made;
    }

    process_state without_pool_ = look_at_this_process();
    std::unique_ptr<process_pool> pool_;
    process_state before_;
};

TEST_F(process_pool_misbehaviour, underscore_exit) {
    for (const int status : {0, 1, 3, 255}) expect_exit(death_by(end_with_underscore_exit, status), status);
}
TEST_F(process_pool_misbehaviour, exit) {
    for (const int status : {0, 1, 3, 255}) expect_exit(death_by(end_with_exit, status), status);
}
TEST_F(process_pool_misbehaviour, abort) { expect_signal(death_by(end_with_abort), SIGABRT); }
TEST_F(process_pool_misbehaviour, segmentation_fault) { expect_signal(death_by(write_to_nowhere), SIGSEGV); }
TEST_F(process_pool_misbehaviour, sigterm) { expect_signal(death_by(end_with_signal, SIGTERM), SIGTERM); }
TEST_F(process_pool_misbehaviour, sigpipe) { expect_signal(death_by(end_with_signal, SIGPIPE), SIGPIPE); }
TEST_F(process_pool_misbehaviour, stack_overflow) { expect_signal(death_by(overflow_the_stack, 0), SIGSEGV); }

TEST_F(process_pool_misbehaviour, pthread_exit) {
    const auto e = death_by(end_the_thread);
    EXPECT_NE(e.hint().find("pthread_exit"), std::string::npos) << e.what();
}
TEST_F(process_pool_misbehaviour, pthread_exit_with_another_thread) {
    const auto e = death_by(end_the_thread_while_another_runs);
    EXPECT_NE(e.hint().find("pthread_exit"), std::string::npos) << e.what();
}
TEST_F(process_pool_misbehaviour, closes_the_pipes) {
    const auto e = death_by(close_everything, 3u);
    EXPECT_NE(e.hint().find("pipe"), std::string::npos) << e.what();
}
TEST_F(process_pool_misbehaviour, closes_every_descriptor) { death_by(close_everything, 0u); }

TEST_F(process_pool_misbehaviour, writes_garbage_to_every_descriptor) {
    for (const std::size_t size : {1u, 23u, 24u, 25u, 100u, 4'096u, 60'000u})
        EXPECT_FALSE(death_by(write_garbage_everywhere, std::uint64_t{size}, size).hint().empty());
}

TEST_F(process_pool_misbehaviour, prints_10_megabytes) {
    EXPECT_EQ(outcome_of(pool_->submit(print, 10'000'000u)), 0);
}

TEST_F(process_pool_misbehaviour, blocks_all_signals) {
    for (int i = 0; i != 2; ++i) EXPECT_EQ(outcome_of(pool_->submit(block_all_signals)), 0);
}

TEST_F(process_pool_misbehaviour, leaves_a_thread_behind) {
    outcome_of(pool_->submit(leave_a_thread));
    outcome_of(pool_->submit(leave_a_thread));
}

TEST_F(process_pool_misbehaviour, leaves_a_child_that_holds_the_pipes_and_dies) {
    const arrivals there;
    auto lost = pool_->submit(leave_a_child, there.path(), true);
    const left_child child(there.next());
    EXPECT_EQ(error_of<worker_died>(lost).signal(), SIGKILL);
    EXPECT_EQ(outcome_of(pool_->submit(twice, 1)), 2);
    EXPECT_TRUE(lives(child.pid())) << "the test shows nothing when the child is gone";
}

TEST_F(process_pool_misbehaviour, leaves_a_child_that_holds_the_pipes_and_is_killed_later) {
    const arrivals there;
    outcome_of(pool_->submit(leave_a_child, there.path(), false));
    const left_child child(there.next());
    const pid_t worker = stat_of(child.pid()).parent;
    EXPECT_EQ(stat_of(worker).parent, ::getpid());
    kill_and_wait(worker);
    expect_works(*pool_);
    EXPECT_TRUE(lives(child.pid())) << "the test shows nothing when the child is gone";
}

TEST_F(process_pool_misbehaviour, a_child_holds_the_pipes_when_the_pool_ends) {
    for (const auto mode : {shutdown_mode::drain, shutdown_mode::cancel_pending, shutdown_mode::kill}) {
        const arrivals there;
        std::optional<left_child> child;
        std::optional<process_pool> pool;
        pool.emplace(pool_options{.workers = 1});
        outcome_of(pool->submit(leave_a_child, there.path(), false));
        child.emplace(there.next());
        if (mode != shutdown_mode::drain) pool->shutdown(mode); // the destructor drains
        pool.reset();
        EXPECT_TRUE(lives(child->pid())) << "the test shows nothing when the child is gone";
    }
}

TEST_F(process_pool_misbehaviour, forks_and_comes_back_in_both_processes) {
    for (int i = 0; i != 5; ++i) {
        EXPECT_EQ(outcome_of(pool_->submit(come_back_twice, i)), i + 1);
        auto thrown = pool_->submit(throw_twice, i);
        EXPECT_EQ(error_of<std::out_of_range>(thrown).what(), std::to_string(i));
    }
}

TEST_F(process_pool_misbehaviour, many_of_all_kinds_at_once) {
    std::vector<future<int>> all;
    for (int i = 0; i != 300; ++i) all.push_back(pool_->submit({.label = std::to_string(i)}, one_of_many, i));
    for (int i = 0; i != 300; ++i) {
        auto& each = all[static_cast<std::size_t>(i)];
        if (i % 10 == 3) EXPECT_EQ(error_of<std::out_of_range>(each).what(), std::to_string(i));
        else if (i % 10 == 5) error_of<remote_exception>(each);
        else if (i % 25 == 7) EXPECT_EQ(error_of<worker_died>(each).label(), std::to_string(i));
        else EXPECT_EQ(outcome_of(each), i);
    }
}

} // namespace
} // namespace penstock::test

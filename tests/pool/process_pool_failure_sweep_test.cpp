// SPDX-License-Identifier: MIT
// Every system call that the parent makes fails once at every place where it is made: its first call, its second, and so
// on until a scenario passes without reaching the one that would fail. For construction, submitting, respawning and each
// way to shut down. Whatever fails, every future resolves, nothing is left behind and another pool works.
#include "support/failing_calls.hpp"
#include "support/payload.hpp"
#include "support/pool_test.hpp"
#include "support/sanitizers.hpp"

#include <chrono>
#include <csignal>
#include <cstring>
#include <iostream>
#include <optional>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

std::string echo(std::string text) { return text; }

/// One way in which a call may fail, as its manual page has it.
struct fault {
    call_kind kind;
    int error;
    const char* name;
    bool is_harmless = false;    ///< nobody may notice
    bool breaks_the_pool = false; ///< the I/O thread cannot go on
};

const fault start_faults[] = {
    {call_kind::pipe2, EMFILE, "pipe2"},
    {call_kind::pipe2, ENFILE, "pipe2"},
    {call_kind::posix_spawn, EAGAIN, "posix_spawn"},
    {call_kind::posix_spawn, ENOMEM, "posix_spawn"},
    {call_kind::posix_spawn, ENOENT, "posix_spawn"},
    {call_kind::epoll_add, ENOMEM, "epoll_ctl"},
    {call_kind::epoll_add, ENOSPC, "epoll_ctl"},
    {call_kind::pidfd_open, EMFILE, "pidfd_open", true},
    {call_kind::pidfd_open, ENFILE, "pidfd_open", true},
    {call_kind::pidfd_open, ENOMEM, "pidfd_open", true},
    {call_kind::pidfd_open, ENOSYS, "pidfd_open", true},
    {call_kind::pidfd_open, EPERM, "pidfd_open", true},
    {call_kind::open, EMFILE, "open", true},
    {call_kind::open, ENFILE, "open", true},
    {call_kind::open, ENOENT, "open", true},
    {call_kind::open, EACCES, "open", true},
    {call_kind::packet_mode, EINVAL, "fcntl(F_SETFL, O_DIRECT)", true},
};
const fault pool_faults[] = { // of what only a pool itself needs, once
    {call_kind::epoll_create1, EMFILE, "epoll_create1"},
    {call_kind::epoll_create1, ENFILE, "epoll_create1"},
    {call_kind::epoll_create1, ENOMEM, "epoll_create1"},
    {call_kind::eventfd, EMFILE, "eventfd"},
    {call_kind::eventfd, ENFILE, "eventfd"},
    {call_kind::eventfd, ENOMEM, "eventfd"},
};
const fault transfer_faults[] = {
    {call_kind::read, EINTR, "read", true},
    {call_kind::read, EAGAIN, "read", true},
    {call_kind::read, EIO, "read"},
    {call_kind::write, EINTR, "write", true},
    {call_kind::write, EAGAIN, "write", true},
    {call_kind::write, EIO, "write"},
    {call_kind::write, EPIPE, "write"},
    {call_kind::writev, EINTR, "writev", true},
    {call_kind::writev, EAGAIN, "writev", true},
    {call_kind::writev, EIO, "writev"},
    {call_kind::writev, EPIPE, "writev"},
    {call_kind::epoll_wait, EINTR, "epoll_wait", true},
    {call_kind::epoll_wait, EINVAL, "epoll_wait", false, true},
};

class process_pool_failure_sweep : public pool_test {
protected:
    static constexpr std::size_t workers = 2;
    static constexpr int most_calls = 500; // of one kind in one scenario; more means that it never ends

    ~process_pool_failure_sweep() override {
        pool_.reset();
        expect_back_to(before_);
        std::cout << "    " << runs_ << " runs, " << hits_ << " failed calls\n";
    }

    /// Lets the first call fail, then the second ... `scenario` does its work in a pool and checks it. A pool that
    /// survived a harmless fault serves again, so that a run costs no start.
    template <class Scenario>
    void sweep(const fault& f, Scenario scenario) {
        now_ = &f;
        for (int n = 1;; ++n) {
            SCOPED_TRACE(std::string(f.name) + " fails with " + std::strerror(f.error) + " in its call " + std::to_string(n));
            ASSERT_LT(n, most_calls);
            ++runs_;
            try {
                scenario([&] { calls_.fail_one(f.kind, f.error, n); });
                calls_.disarm();
                hits_ += calls_.injected();
                if (!HasFailure() && pool_) check_pool();
            } catch (const std::exception& e) {
                ADD_FAILURE() << e.what();
            }
            if (HasFailure()) return;
            if (calls_.injected() == 0) return;
        }
    }
    template <class Faults, class Scenario>
    void sweep_all(const Faults& faults, Scenario scenario) {
        for (const fault& f : faults) {
            sweep(f, scenario);
            if (HasFailure()) return;
        }
    }

    process_pool& pool() {
        if (!pool_) {
            pool_.emplace(pool_options{.workers = workers});
            if (!with_pool_) {
                wake_all(*pool_);
                with_pool_ = look_at_this_process();
            }
        }
        return *pool_;
    }
    /// Afterwards the pool works as before, or it is broken and says so.
    void check_pool() {
        if (now_->breaks_the_pool && calls_.injected() != 0) {
            EXPECT_THROW(outcome_of(pool_->submit(twice, 1)), pool_broken);
            EXPECT_THROW(pool_->reset(), pool_broken) << "nobody is left who could start a worker";
            return end_pool();
        }
        EXPECT_EQ(outcome_of(pool_->submit(twice, 21)), 42);
        if (now_->is_harmless || calls_.injected() == 0) return;
        EXPECT_EQ(wake_all(*pool_).size(), workers);
        if (with_pool_) expect_back_to(*with_pool_);
    }
    void end_pool() {
        pool_.reset();
        expect_back_to(before_);
    }

    /// Its value, or one of the errors that the fault may give; a fault that nobody may notice gives none.
    template <class T>
    void expect_resolved(future<T>& f, const T& value) {
        try {
            EXPECT_TRUE(outcome_of(f) == value);
        } catch (const worker_died& e) {
            EXPECT_FALSE(now_->is_harmless) << e.what();
            EXPECT_NE(calls_.injected(), 0) << e.what();
        } catch (const pool_broken& e) {
            EXPECT_TRUE(now_->breaks_the_pool) << e.what();
        }
    }
    /// A task of a text of this size, and small ones beside it.
    auto submitting(std::size_t size, int count) {
        return [this, text = random_text(size), count](auto arm) {
            process_pool& used = pool();
            arm();
            std::vector<future<std::string>> large;
            std::vector<future<int>> small;
            for (int i = 0; i != count; ++i) {
                large.push_back(used.submit(echo, text));
                small.push_back(used.submit(twice, i));
            }
            for (auto& each : large) expect_resolved(each, text);
            for (int i = 0; i != count; ++i) expect_resolved(small[static_cast<std::size_t>(i)], 2 * i);
        };
    }
    /// A busy worker dies with tasks waiting; the call fails from then on.
    auto respawning() {
        return [this](auto arm) {
            if (!now_->is_harmless) end_pool(); // deaths before ready are counted over 10 s
            process_pool& used = pool();
            const arrivals there;
            const gate release;
            auto lost = used.submit(stay, there.path(), release.path());
            const pid_t victim = there.next();
            arm();
            std::vector<future<int>> all;
            EXPECT_EQ(::kill(victim, SIGKILL), 0);
            for (int i = 0; i != 5; ++i) all.push_back(used.submit(twice, i));
            try {
                outcome_of(lost);
                ADD_FAILURE() << "the killed task has a value";
            } catch (const worker_died&) {
            } catch (const pool_broken& e) {
                EXPECT_TRUE(now_->breaks_the_pool) << e.what();
            }
            for (int i = 0; i != 5; ++i) expect_resolved(all[static_cast<std::size_t>(i)], 2 * i);
            wait_for_replacement(used);
        };
    }
    void wait_for_replacement(process_pool& used) {
        EXPECT_TRUE(eventually([&] { return broken_ok(used) || used.stats().workers == workers; }));
    }
    bool broken_ok(process_pool& used) const {
        return now_->breaks_the_pool && calls_.injected() != 0 && used.stats().workers == 0;
    }
    auto shutting_down(shutdown_mode mode) {
        return [this, mode](auto arm) {
            process_pool& used = pool();
            std::vector<future<int>> small;
            for (int i = 0; i != 10; ++i) small.push_back(used.submit(twice, i));
            auto large = used.submit(echo, text_);
            arm();
            used.shutdown(mode);
            for (auto& each : small) EXPECT_TRUE(each.ready());
            for (int i = 0; i != 10; ++i) expect_ended(small[static_cast<std::size_t>(i)], 2 * i, mode);
            expect_ended(large, text_, mode);
            end_pool();
        };
    }
    template <class T>
    void expect_ended(future<T>& f, const T& value, shutdown_mode mode) {
        try {
            expect_resolved(f, value);
        } catch (const task_cancelled& e) {
            EXPECT_EQ(mode, shutdown_mode::cancel_pending) << e.what();
        } catch (const pool_closed& e) {
            EXPECT_EQ(mode, shutdown_mode::kill) << e.what();
        }
    }
    auto constructing() {
        return [this](auto arm) {
            pool_.reset();
            arm();
            try {
                pool_.emplace(pool_options{.workers = workers});
                expect_resolved(*std::make_unique<future<int>>(pool_->submit(twice, 2)), 4);
            } catch (const start_error& e) {
                EXPECT_FALSE(now_->is_harmless) << e.what();
                EXPECT_TRUE(now_->breaks_the_pool || e.code().value() == now_->error) << e.what();
            } catch (const pool_broken& e) {
                EXPECT_TRUE(now_->breaks_the_pool) << e.what();
            }
            if (!pool_) expect_back_to(before_);
        };
    }

    const std::string text_ = random_text(20'000);
    failing_calls calls_;
    const fault* now_ = nullptr;
    int runs_ = 0;
    int hits_ = 0;
    process_state before_ = look_at_this_process();
    std::optional<process_state> with_pool_;
    std::optional<process_pool> pool_;
};

TEST_F(process_pool_failure_sweep, construction_when_a_start_fails) { sweep_all(start_faults, constructing()); }
TEST_F(process_pool_failure_sweep, construction_when_the_pools_own_calls_fail) { sweep_all(pool_faults, constructing()); }
TEST_F(process_pool_failure_sweep, construction_when_a_transfer_fails) { sweep_all(transfer_faults, constructing()); }
TEST_F(process_pool_failure_sweep, submitting_small_tasks) { sweep_all(transfer_faults, submitting(10, 4)); }
TEST_F(process_pool_failure_sweep, submitting_streams) { sweep_all(transfer_faults, submitting(20'000, 2)); }
TEST_F(process_pool_failure_sweep, submitting_large_tasks) { sweep_all(transfer_faults, submitting(400'000, 1)); }
TEST_F(process_pool_failure_sweep, respawning_when_a_start_fails) { sweep_all(start_faults, respawning()); }
TEST_F(process_pool_failure_sweep, respawning_when_a_transfer_fails) { sweep_all(transfer_faults, respawning()); }
TEST_F(process_pool_failure_sweep, shutdown_drain) { sweep_all(transfer_faults, shutting_down(shutdown_mode::drain)); }
TEST_F(process_pool_failure_sweep, shutdown_cancel_pending) {
    sweep_all(transfer_faults, shutting_down(shutdown_mode::cancel_pending));
}
TEST_F(process_pool_failure_sweep, shutdown_kill) { sweep_all(transfer_faults, shutting_down(shutdown_mode::kill)); }

// Its worker is to be killed, but lives on in the pool's books until its death is noticed, and a task comes meanwhile.
TEST_F(process_pool_failure_sweep, a_task_after_one_that_could_not_be_sent_is_not_lost_with_its_worker) {
    const arrivals there;
    const gate release;
    calls_.fail_one(call_kind::writev, EIO, 2); // the first tells the worker what it is
    process_pool single{{.workers = 1, .initializer = call(stay, there.path(), release.path())}};
    const pid_t victim = there.next();
    auto unsent = single.submit(echo, text_);
    calls_.hold_poller(); // once the I/O thread has heard that the worker is ready, and has tried to send
    release.open();
    const bool is_dead = eventually([&] { return calls_.is_polling() && !lives(victim); });
    EXPECT_TRUE(is_dead);
    EXPECT_TRUE(unsent.cancel());
    auto next = single.submit(own_pid);
    calls_.release_poller();
    EXPECT_NE(outcome_of(next), victim);
}

/// With number 0 free, every pipe, poller and eventfd has to be moved out of the way of the standard streams.
TEST_F(process_pool_failure_sweep, construction_when_a_descriptor_cannot_be_moved) {
    const int input = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    ::close(STDIN_FILENO);
    const process_state with_input = std::exchange(before_, look_at_this_process());
    sweep(fault{call_kind::move_descriptor, EMFILE, "fcntl(F_DUPFD_CLOEXEC)"}, [this](auto arm) {
        pool_.reset();
        arm();
        try {
            pool_.emplace(pool_options{.workers = workers});
            EXPECT_EQ(outcome_of(pool_->submit(twice, 2)), 4); // where a worker can do without that descriptor
        } catch (const start_error& e) {
            EXPECT_EQ(e.code().value(), EMFILE) << e.what();
        }
    });
    EXPECT_GT(hits_, 5);
    pool_.reset();
    if (input >= 0) ::dup2(input, STDIN_FILENO), ::close(input);
    before_ = with_input;
}

/// The first 1, 10, 100 ... reads or writes move one byte: nobody notices.
TEST_F(process_pool_failure_sweep, short_transfers) {
    const fault harmless[] = {{call_kind::read, 0, "read", true}, {call_kind::writev, 0, "writev", true}};
    for (const fault& f : harmless) {
        now_ = &f;
        for (const int count : {1, 10, 100, 3'000}) {
            SCOPED_TRACE(std::string(f.name) + " moves one byte in its first " + std::to_string(count) + " calls");
            const auto shorten = [&] { calls_.shorten(f.kind, count); };
            constructing()(shorten);
            EXPECT_GT(calls_.injected(), 0);
            for (const std::size_t size : {10u, 20'000u, 400'000u}) submitting(size, 2)(shorten);
            EXPECT_EQ(calls_.injected(), count) << "the last transfer was too short to show anything";
            respawning()(shorten);
            EXPECT_GT(calls_.injected(), 0);
            shutting_down(shutdown_mode::drain)(shorten);
            calls_.disarm();
        }
    }
}

} // namespace
} // namespace penstock::test

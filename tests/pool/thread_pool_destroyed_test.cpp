// SPDX-License-Identifier: MIT
// A thread pool that is destroyed from inside: in its tasks, in its callbacks, with what it keeps.
#include "contract/tools.hpp"

#include <penstock/thread_pool.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace penstock::test {
namespace {

using namespace std::chrono_literals;

TEST(thread_pool_destroyed, is_destroyed_in_a_task) {
    for (const std::size_t workers : {1u, 3u}) {
        auto pool = std::make_unique<thread_pool>(pool_options{.workers = workers});
        std::atomic<int> ran{0};
        std::vector<future<void>> behind;
        event go;
        auto ending = pool->submit([&] {
            EXPECT_TRUE(go.wait());
            pool.reset();
            return ran.load();
        });
        for (int i = 0; i < 50; ++i) behind.push_back(pool->submit([&] { ++ran; }));
        go.set();
        EXPECT_EQ(result_of(ending), 50);
        for (auto& each : behind) EXPECT_TRUE(each.ready());
    }
}

TEST(thread_pool_destroyed, is_forgotten_by_its_thread) {
    struct last_words {
        event* heard = nullptr;
        ~last_words() { // at the thread's very end, when the pool it worked for is gone
            thread_pool other{{.workers = 1}};
            EXPECT_EQ(other.submit(add, 1, 2).get(), 3);
            heard->set();
        }
    };
    event heard;
    event go;
    auto pool = std::make_unique<thread_pool>(pool_options{.workers = 1});
    auto ending = pool->submit([&] {
        static thread_local last_words words;
        words.heard = &heard;
        EXPECT_TRUE(go.wait());
        pool.reset();
    });
    go.set();
    result_of(ending);
    EXPECT_TRUE(heard.wait());
}

TEST(thread_pool_destroyed, is_destroyed_with_the_closure_that_owns_it) {
    event go;
    future<int> last;
    {
        auto pool = std::make_shared<thread_pool>(pool_options{.workers = 2});
        thread_pool& same_pool = *pool;
        last = same_pool.submit([pool = std::move(pool), &go] {
            EXPECT_TRUE(go.wait());
            return 7;
        });
    }
    go.set();
    EXPECT_EQ(result_of(last), 7);
}

TEST(thread_pool_destroyed, is_destroyed_with_the_result_that_nobody_wants) {
    event go;
    auto pool = std::make_shared<thread_pool>(pool_options{.workers = 2});
    const std::weak_ptr<thread_pool> watch = pool;
    event destroyed;
    {
        thread_pool& same_pool = *pool;
        struct owner {
            std::shared_ptr<thread_pool> pool;
            event* done;
            owner(std::shared_ptr<thread_pool> p, event* e) : pool(std::move(p)), done(e) {}
            owner(owner&& other) noexcept
                : pool(std::move(other.pool)), done(std::exchange(other.done, nullptr)) {}
            ~owner() {
                pool.reset();
                if (done != nullptr) done->set();
            }
        };
        static_cast<void>(same_pool.submit([pool = std::move(pool), &go, &destroyed]() mutable {
            EXPECT_TRUE(go.wait());
            return owner(std::move(pool), &destroyed);
        }));
    }
    go.set();
    EXPECT_TRUE(destroyed.wait());
    EXPECT_TRUE(watch.expired());
}

TEST(thread_pool_destroyed, is_destroyed_in_the_callback_of_a_cancelled_task) {
    auto pool = std::make_unique<thread_pool>(pool_options{.workers = 1});
    const gate started;
    const gate release;
    auto running = pool->submit(hold, started.path(), release.path());
    started.wait();
    auto pending = pool->submit(do_nothing);
    pending.on_done([&] {
        release.open();
        pool.reset();
    });
    EXPECT_TRUE(pending.cancel()); // in this thread
    EXPECT_EQ(pool, nullptr);
    EXPECT_EQ(result_of(running), 1);
}

TEST(thread_pool_destroyed, is_destroyed_in_a_callback_of_its_own_shutdown) {
    auto pool = std::make_unique<thread_pool>(pool_options{.workers = 1});
    const gate started;
    const gate release;
    auto running = pool->submit(hold, started.path(), release.path());
    started.wait();
    std::vector<future<void>> pending;
    for (int i = 0; i < 10; ++i) pending.push_back(pool->submit(do_nothing));
    pending[3].on_done([&] {
        release.open();
        pool.reset();
    });
    pool->shutdown(shutdown_mode::cancel_pending);
    for (auto& each : pending) EXPECT_THROW(result_of(each), task_cancelled);
    EXPECT_EQ(result_of(running), 1);
}

TEST(thread_pool_destroyed, is_destroyed_when_its_initializer_fails) {
    event go;
    event destroyed;
    std::unique_ptr<thread_pool> pool(new thread_pool{{.workers = 2, .initializer = call([&go] {
                                                                         EXPECT_TRUE(go.wait());
                                                                         throw std::runtime_error(
                                                                             "no weights");
                                                                     })}});
    auto first = pool->submit(do_nothing);
    auto second = pool->submit(do_nothing);
    first.on_done([&] {
        pool.reset();
        destroyed.set();
    });
    go.set();
    ASSERT_TRUE(destroyed.wait());
    EXPECT_THROW(result_of(first), pool_broken);
    EXPECT_THROW(result_of(second), error);
}

TEST(thread_pool_destroyed, cancels_while_it_is_destroyed) {
    for (int round = 0; round < 300; ++round) {
        auto pool = std::make_unique<thread_pool>(pool_options{.workers = 2});
        std::vector<future<void>> futures;
        std::atomic<int> ran{0};
        for (int i = 0; i < 20; ++i) futures.push_back(pool->submit([&] { ++ran; }));
        int cancelled = 0;
        std::thread canceller([&] {
            for (auto each = futures.rbegin(); each != futures.rend(); ++each)
                cancelled += each->cancel() ? 1 : 0;
        });
        pool.reset();
        canceller.join();
        EXPECT_EQ(ran + cancelled, 20);
    }
}

} // namespace
} // namespace penstock::test

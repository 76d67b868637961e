// SPDX-License-Identifier: MIT
// oneTBB has no futures: a task writes its result where the caller reads it. A thread that waits for a task_group works
// meanwhile, so it counts as one of the workers; a single task from outside is enqueued, so that it crosses threads.
#include "threads/rows_of.hpp"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include <future>

namespace penstock::bench {

namespace {

std::uint64_t fib_by_groups(unsigned n) {
    if (n < 2) return n;
    std::uint64_t left = 0;
    tbb::task_group group;
    group.run([&left, n] { left = fib_by_groups(n - 1); });
    const std::uint64_t right = fib_by_groups(n - 2);
    group.wait();
    return left + right;
}

class onetbb_peer {
public:
    static constexpr char name[] = "oneTBB";
    static constexpr std::uint64_t handicap = 1;
    static constexpr unsigned smaller_fib = 0;

    explicit onetbb_peer(std::size_t workers)
        : allowed_(tbb::global_control::max_allowed_parallelism, workers), arena_(static_cast<int>(workers)) {
    }

    template <class F>
    std::uint64_t call(F f) {
        std::promise<std::uint64_t> result;
        arena_.enqueue([&] { result.set_value(f()); });
        return result.get_future().get();
    }
    template <class F>
    void inside(F f) {
        arena_.execute(f);
    }
    std::uint64_t sum(std::uint64_t count) {
        std::vector<std::uint64_t> results(count);
        tbb::task_group group;
        arena_.execute([&] {
            for (std::uint64_t i = 0; i != count; ++i) group.run([i, &results] { results[i] = i; });
            group.wait();
        });
        std::uint64_t total = 0;
        for (const std::uint64_t each : results) total += each;
        return total;
    }
    std::uint64_t fib(unsigned n) {
        std::uint64_t number = 0;
        arena_.execute([&] { number = fib_by_groups(n); });
        return number;
    }
    template <class F>
    void loop(std::size_t count, F body) {
        arena_.execute([&] { tbb::parallel_for(std::size_t{0}, count, body); });
    }
    /// Nobody else is in an arena of one, and the caller does not wait yet.
    template <class F>
    void pending(std::uint64_t count, F then) {
        std::vector<std::uint64_t> results(count);
        tbb::task_group group;
        arena_.execute([&] {
            for (std::uint64_t i = 0; i != count; ++i) {
                results[i] = 1;  // its page counts
                group.run([i, &results] { results[i] = i; });
            }
            then();
            group.wait();
        });
    }

private:
    tbb::global_control allowed_;  // more threads than CPUs must be asked for
    tbb::task_arena arena_;
};

}  // namespace

row_list rows_of_onetbb() { return rows_of<onetbb_peer>(); }

}  // namespace penstock::bench

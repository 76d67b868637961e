// SPDX-License-Identifier: MIT
// map in a process pool: what crosses, what does not, and what a worker takes with it when it dies.
#include "map_tools.hpp"

#include <penstock/outcome.hpp>
#include <penstock/process_pool.hpp>

#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>

namespace penstock::test {
namespace {

using words = std::vector<std::string>;

class map_processes : public ::testing::Test {
protected:
    process_pool pool{{.workers = 2}};
};

pid_t who(int) { return getpid(); }
int die_at_three(int x) {
    if (x == 3) kill(getpid(), SIGKILL);
    return x;
}
int fail(int x) { throw std::out_of_range("item " + std::to_string(x)); }
int throw_ours(int) { throw task_timeout("not the pool's"); }

struct fragile {
    int number = 0;
    bool encodes = true;
    bool decodes = true;
    void save(detail::output_archive& out) const {
        if (!encodes) throw std::runtime_error("does not encode");
        out(number, decodes);
    }
    void load(detail::input_archive& in) {
        in(number, decodes);
        if (!decodes) throw std::runtime_error("does not decode");
    }
};
int number_of(const fragile& f) { return f.number; }
fragile make_fragile(int x) { return {x, x != 1, x != 2}; }
outcome<int> checked(int x) {
    return x < 0 ? outcome<int>::failed(std::make_exception_ptr(std::out_of_range("negative")))
                 : outcome<int>::of(x);
}
int unwrap(const outcome<int>& x) { return x.value(); }

struct scaler {
    int factor = 1;
    int operator()(int x) const { return factor * x; }
    template <class Archive>
    void serialize(Archive& archive) {
        archive(factor);
    }
};

TEST_F(map_processes, run_elsewhere) {
    for (const pid_t pid : pool.map({.chunk = 3}, who, watched_input(10))) EXPECT_NE(pid, getpid());
}

TEST_F(map_processes, tell_where_an_exception_came_from) {
    auto numbers = pool.map({.chunk = 2, .label = "tiles"}, fail, std::vector{7});
    try {
        static_cast<void>(*numbers.begin());
        ADD_FAILURE() << "nothing was thrown";
    } catch (const remote_info& info) {
        EXPECT_EQ(info.label, "tiles");
        EXPECT_EQ(info.type_name, "std::out_of_range");
        EXPECT_NE(info.worker_pid, getpid());
        EXPECT_GT(info.worker_pid, 0);
    }
    EXPECT_EQ(told(numbers), words{"item 7"});
    EXPECT_EQ(count_thrown<remote_exception>(pool.map(throw_ours, std::vector{1, 2})), 2u);
}

TEST_F(map_processes, lose_the_chunk_in_which_a_worker_died_and_nothing_else) {
    for (const std::size_t chunk : {1u, 2u, 5u}) {
        auto numbers = pool.map({.chunk = chunk, .ahead = 20}, die_at_three, watched_input(20));
        std::size_t dead = 0;
        int item = 0;
        for (auto it = numbers.begin(); it != numbers.end(); ++it, ++item) try {
                EXPECT_EQ(*it, item);
            } catch (const worker_died& death) {
                EXPECT_EQ(death.signal(), SIGKILL);
                EXPECT_EQ(static_cast<std::size_t>(item) / chunk, 3 / chunk);
                ++dead;
            }
        EXPECT_EQ(item, 20);
        EXPECT_EQ(dead, chunk);
    }
}

TEST_F(map_processes, fail_only_the_items_that_do_not_cross) {
    const std::vector<fragile> items{{0, true, true}, {1, false, true}, {2, true, false}, {3, true, true}};
    for (const std::size_t chunk : {1u, 4u}) {
        auto numbers = pool.map({.chunk = chunk}, number_of, items);
        EXPECT_EQ(count_thrown<payload_error>(numbers), 2u);
        const auto results = told(pool.map({.chunk = chunk}, number_of, items));
        ASSERT_EQ(results.size(), 4u);
        EXPECT_EQ(results[0], "0");
        EXPECT_NE(results[1].find("argument could not be encoded"), std::string::npos) << results[1];
        EXPECT_NE(results[2].find("argument could not be decoded"), std::string::npos) << results[2];
        EXPECT_EQ(results[3], "3");
    }
}

TEST_F(map_processes, fail_only_the_results_that_do_not_cross) {
    auto made = pool.map({.chunk = 4}, make_fragile, std::vector{0, 1, 2, 3});
    int item = 0;
    for (auto it = made.begin(); it != made.end(); ++it, ++item) try {
            EXPECT_EQ((*it).number, item);
            EXPECT_TRUE(item == 0 || item == 3);
        } catch (const payload_error& error) {
            EXPECT_EQ(error.side(), item == 1 ? payload_side::result_encode : payload_side::result_decode);
            EXPECT_NE(error.type_name().find("fragile"), std::string::npos);
        }
    EXPECT_EQ(item, 4);
}

TEST_F(map_processes, send_the_state_of_a_callable) {
    EXPECT_EQ(told(pool.map(scaler{3}, std::vector{1, 2})), (words{"3", "6"}));
    int more = 5;
    EXPECT_EQ(told(pool.map(trust_captures([more](int x) { return x + more; }), std::vector{1, 2})),
              (words{"6", "7"}));
    EXPECT_EQ(told(pool.map(fn<&std::string::size>, words{"a", "bb"})), (words{"1", "2"}));
}

TEST_F(map_processes, pass_outcomes_on) {
    auto results = pool.map({.chunk = 2}, unwrap, pool.map(checked, std::vector{1, -1, 3}));
    EXPECT_EQ(told(results), (words{"1", "negative", "3"}));
}

TEST_F(map_processes, refuse_a_task_that_is_too_large) {
    process_pool small{{.workers = 1, .max_payload = 100'000}};
    const auto size_of = [](const std::string& s) { return s.size(); };
    EXPECT_THROW(static_cast<void>(small.map(size_of, std::vector{std::string(200'000, 'x')})),
                 payload_error);
    auto sizes = small.map({.chunk = 1, .ahead = 1}, size_of,
                           std::vector{std::string("x"), std::string(200'000, 'x')});
    EXPECT_EQ(count_thrown<payload_error>(sizes), 1u);
}

}  // namespace
}  // namespace penstock::test

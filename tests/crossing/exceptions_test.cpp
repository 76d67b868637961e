// SPDX-License-Identifier: MIT
// Whatever a task throws ends its own future, as what it was where that is possible. The table of standard types and
// the bytes: tests/wire/remote_error*_test.cpp.
#include "support/pool_test.hpp"
#include "tally.hpp"

#include <penstock/register_exception.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>
#include <system_error>

namespace penstock::test {
namespace {

/// A user's own, exact on the other side.
struct parse_error : std::runtime_error {
    int line = 0;
    std::vector<std::string> expected;
    explicit parse_error(const std::string& what = "", int where = 0, std::vector<std::string> could_be = {})
        : std::runtime_error(what), line(where), expected(std::move(could_be)) {}
    template <class Archive>
    void serialize(Archive& archive) {
        archive(line, expected);
    }
};
struct late_parse_error : parse_error {  // not registered, its base is
    using parse_error::parse_error;
};
struct number_error : parse_error {  // registered, and so is its base
    double number = 0;
    number_error() : parse_error("not a number", 3) {}
    template <class Archive>
    void serialize(Archive& archive) {
        archive(cereal::base_class<parse_error>(this), number);
    }
};
struct final_error final : std::logic_error {
    int code = 0;
    explicit final_error(int given = 0) : std::logic_error("final"), code(given) {}
    template <class Archive>
    void serialize(Archive& archive) {
        archive(code);
    }
};
struct without_base {
    std::string text;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(text);
    }
};
struct never_encodes : std::runtime_error {
    never_encodes() : std::runtime_error("what the task meant to say") {}
    template <class Archive>
    void save(Archive&) const {
        throw std::invalid_argument("there is no way to write this");
    }
    template <class Archive>
    void load(Archive&) {}
};
struct never_decodes : std::runtime_error {
    never_decodes() : std::runtime_error("what the task meant to say") {}
    template <class Archive>
    void save(Archive& archive) const {
        archive(1);
    }
    template <class Archive>
    void load(Archive&) {
        throw 17;
    }
};
struct not_registered : std::out_of_range {
    int line = 0;
    explicit not_registered(int where = 0) : std::out_of_range("out of range"), line(where) {}
};

const bool registered = register_exception<parse_error>() && register_exception<number_error>() &&
                        register_exception<final_error>() && register_exception<without_base>() &&
                        register_exception<never_encodes>() && register_exception<never_decodes>() &&
                        register_exception<parse_error>();  // a second time, which does nothing

template <class E>
void raise_default() {
    throw E();
}
void raise_parse_error(int line) { throw parse_error("row \xff 17", line, {"a number", "a name"}); }

class process_pool_exceptions : public pool_test {
protected:
    template <class E, class Look, class F, class... Args>
    void expect(const Look& look, F f, Args... args) {
        auto failed = pool.submit({.label = "the label"}, f, args...);
        try {
            outcome_of(failed);
            ADD_FAILURE() << "nothing was thrown";
        } catch (const E& e) {
            look(e);
        } catch (...) {
            ADD_FAILURE() << "another exception";
        }
    }
    template <class F, class... Args>
    void expect_info(const std::string& type_name, F f, Args... args) {
        expect<remote_info>(
            [&](const remote_info& info) {
                EXPECT_NE(info.type_name.find(type_name), std::string::npos) << info.type_name;
                EXPECT_EQ(info.label, "the label");
                EXPECT_EQ(info.worker_pid, worker);
            },
            f, args...);
    }
    process_pool pool{{.workers = 1}};
    pid_t worker = outcome_of(pool.submit(own_pid));
};

TEST_F(process_pool_exceptions, of_a_registered_type_are_exact) {
    expect<parse_error>(
        [](const parse_error& e) {
            EXPECT_STREQ(e.what(), "row \xff 17");
            EXPECT_EQ(e.line, 42);
            EXPECT_EQ(e.expected, (std::vector<std::string>{"a number", "a name"}));
        },
        raise_parse_error, 42);
    expect<std::runtime_error>([](const std::exception& e) { EXPECT_STREQ(e.what(), "row \xff 17"); },
                               raise_parse_error, 42);
    expect_info("parse_error", raise_parse_error, 42);
}

TEST_F(process_pool_exceptions, of_registered_types_of_every_kind) {
    expect<number_error>(
        [](const number_error& e) {
            EXPECT_EQ(e.number, 2.5);
            EXPECT_EQ(e.line, 7);
        },
        [] {
            number_error e;
            e.number = 2.5;
            e.line = 7;
            throw e;
        });
    expect<final_error>([](const final_error& e) { EXPECT_EQ(e.code, 42); }, [] { throw final_error(42); });
    expect<without_base>([](const without_base& e) { EXPECT_EQ(e.text, "no base"); },
                         [] { throw without_base{"no base"}; });
    expect_info("without_base", [] { throw without_base{"no base"}; });
}

TEST_F(process_pool_exceptions, of_a_class_below_a_registered_one_are_that) {
    expect<parse_error>(
        [](const parse_error& e) {
            EXPECT_STREQ(e.what(), "late");
            EXPECT_EQ(e.line, 5);
        },
        [] { throw late_parse_error("late", 5); });
    expect_info("late_parse_error", [] { throw late_parse_error("late", 5); });
}

TEST_F(process_pool_exceptions, of_registered_types_nest_and_are_nested) {
    const auto nest = [] {
        try {
            raise_parse_error(1);
        } catch (...) {
            try {
                std::throw_with_nested(std::runtime_error("between"));
            } catch (...) {
                std::throw_with_nested(parse_error("outer", 2));
            }
        }
    };
    expect<parse_error>(
        [](const parse_error& outer) {
            EXPECT_EQ(outer.line, 2);
            try {
                std::rethrow_if_nested(outer);
                ADD_FAILURE() << "nothing is nested";
            } catch (const std::runtime_error& between) {
                EXPECT_STREQ(between.what(), "between");
                try {
                    std::rethrow_if_nested(between);
                    ADD_FAILURE() << "nothing is nested";
                } catch (const parse_error& inner) {
                    EXPECT_EQ(inner.line, 1);
                }
            }
        },
        nest);
}

TEST_F(process_pool_exceptions, of_a_registered_type_come_out_of_a_map_too) {
    std::vector<int> lines{1, 2, 3};
    int caught = 0;
    for (auto&& each : pool.map_outcomes(raise_parse_error, lines)) {
        try {
            each.value();
        } catch (const parse_error& e) {
            EXPECT_EQ(e.line, ++caught);
        }
    }
    EXPECT_EQ(caught, 3);
}

TEST_F(process_pool_exceptions, of_types_that_are_not_registered_are_the_nearest_standard_type) {
    expect<std::out_of_range>([](const auto& e) { EXPECT_STREQ(e.what(), "out of range"); },
                              [] { throw not_registered(3); });
    expect_info("not_registered", [] { throw not_registered(3); });
}

TEST_F(process_pool_exceptions, that_do_not_encode_are_a_payload_error_with_the_text) {
    const auto look = [](const payload_error& e) {
        EXPECT_EQ(e.side(), payload_side::result_encode);
        EXPECT_NE(e.type_name().find("never_encodes"), std::string::npos) << e.type_name();
        EXPECT_NE(std::string(e.what()).find("there is no way to write this"), std::string::npos) << e.what();
        EXPECT_NE(std::string(e.what()).find("what the task meant to say"), std::string::npos) << e.what();
    };
    expect<payload_error>(look, raise_default<never_encodes>);
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), worker) << "the worker is the same";
}

TEST_F(process_pool_exceptions, that_do_not_decode_are_a_payload_error_with_the_text) {
    const auto look = [](const payload_error& e) {
        EXPECT_EQ(e.side(), payload_side::result_decode);
        EXPECT_NE(e.type_name().find("never_decodes"), std::string::npos) << e.type_name();
        EXPECT_NE(std::string(e.what()).find("what the task meant to say"), std::string::npos) << e.what();
    };
    expect<payload_error>(look, raise_default<never_decodes>);
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), worker);
}

TEST(register_exception, refuses_two_types_of_one_name) {
    struct other : std::type_info {  // stands for the class of the same name in another file
        explicit other(const char* name) : std::type_info(name) {}
    };
    static const std::string same_name =
        std::string("*") + typeid(parse_error).name();  // equal only to itself
    static const other type(same_name.c_str());
    if (typeid(parse_error) == type)
        GTEST_SKIP() << "this compiler takes two types of one name in two files for the same one";
    const detail::registered_exception twin{&type, nullptr, nullptr};
    EXPECT_THROW(detail::add_registered_exception(twin), std::invalid_argument);
}

// The families with codes.

TEST_F(process_pool_exceptions, keep_codes_that_compare) {
    expect<std::system_error>([](const auto& e) { EXPECT_EQ(e.code(), std::errc::no_such_process); },
                              [] { throw std::system_error(ESRCH, std::system_category(), "kill"); });
    expect<std::filesystem::filesystem_error>(
        [](const auto& e) {
            EXPECT_EQ(e.code(), std::errc::no_such_file_or_directory);
            EXPECT_EQ(e.path1(), "/none/such");
        },
        [] { static_cast<void>(std::filesystem::file_size("/none/such")); });
    expect<std::ios_base::failure>([](const auto& e) { EXPECT_EQ(e.code(), std::io_errc::stream); },
                                   [] {
                                       std::ifstream file;
                                       file.exceptions(file.failbit);
                                       file.open("/none/such");
                                   });
    expect<std::future_error>([](const auto& e) { EXPECT_EQ(e.code(), std::future_errc::no_state); },
                              [] { std::future<int>().get(); });
}

// What is no std::exception, and what misbehaves.

TEST_F(process_pool_exceptions, that_have_no_standard_base) {
    expect<remote_exception>(
        [](const remote_exception& e) {
            EXPECT_EQ(e.type_name, "int");
            EXPECT_NE(std::string(e.what()).find("17"), std::string::npos) << e.what();
        },
        [] { throw 17; });
    expect<remote_exception>(
        [](const remote_exception& e) { EXPECT_NE(std::string(e.what()).find("text"), std::string::npos); },
        [] { throw "text"; });
    expect<remote_exception>([](const remote_exception& e) { EXPECT_EQ(e.type_name, "std::pair<int, int>"); },
                             [] { throw std::pair(1, 2); });
}

struct throws_when_copied : std::runtime_error {
    throws_when_copied() : std::runtime_error("not to be copied") {}
    throws_when_copied(const throws_when_copied& other) : std::runtime_error(other) { throw 17; }
};
struct throws_when_asked : std::exception {
    const char* what() const noexcept override { return raise(); }
    static const char* raise() { throw 17; }
};
struct says_nothing : std::exception {
    const char* what() const noexcept override { return nullptr; }
};

TEST_F(process_pool_exceptions, whose_copy_throws_arrive) {
    expect<std::runtime_error>([](const auto& e) { EXPECT_STREQ(e.what(), "not to be copied"); },
                               raise_default<throws_when_copied>);
}

TEST_F(process_pool_exceptions, that_say_nothing_arrive) {
    expect<std::exception>([](const auto& e) { EXPECT_STREQ(e.what(), "(what() is a null pointer)"); },
                           raise_default<says_nothing>);
}

/// what() is noexcept, so the language ends the process: that is one task.
TEST_F(process_pool_exceptions, whose_text_throws_cost_their_own_task) {
    const silence quiet;
    process_pool noisy{{.workers = 1}};
    auto before = noisy.submit(twice, 1);
    auto failed = noisy.submit(raise_default<throws_when_asked>);
    auto behind = noisy.submit(twice, 2);
    EXPECT_EQ(outcome_of(before), 2);
    EXPECT_EQ(error_of<worker_died>(failed).signal(), SIGABRT);
    EXPECT_EQ(outcome_of(behind), 4);
}

// Penstock's own.

void raise_worker_died(const std::string& attempts) {
    tally::mark(attempts);
    throw worker_died("worker 1 died", {1, SIGKILL, -1, "", ""});
}
void raise_task_timeout(const std::string& attempts) {
    tally::mark(attempts);
    throw task_timeout("the task ran too long");
}

TEST_F(process_pool_exceptions, of_our_own_tree_never_look_like_the_pools_own_and_are_not_retried) {
    for (const auto raise : {&raise_worker_died, &raise_task_timeout}) {
        const tally attempts;
        auto failed = pool.submit({.retry = {.max_attempts = 3}}, raise, attempts.path());
        const auto arrived = error_of<remote_exception>(failed);
        EXPECT_EQ(arrived.type_name,
                  raise == &raise_worker_died ? "penstock::worker_died" : "penstock::task_timeout");
        EXPECT_EQ(attempts.count(), 1u);
    }
    EXPECT_EQ(pool.stats().failed, 2u);
    EXPECT_EQ(outcome_of(pool.submit(own_pid)), worker);
}

}  // namespace
}  // namespace penstock::test

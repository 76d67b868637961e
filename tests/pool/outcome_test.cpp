// SPDX-License-Identifier: MIT
#include <penstock/outcome.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace penstock {
namespace {

template <class R>
outcome<R> failed(const char* what = "no good") {
    return outcome<R>::failed(std::make_exception_ptr(std::out_of_range(what)));
}

template <class T>
T round_trip(const T& value) {
    detail::byte_buffer flat;
    detail::output_archive out(flat);
    out.allow_borrowing(true);
    out(value);
    EXPECT_TRUE(out.borrowed().empty()) << "the bytes of an exception do not outlive the save function";
    detail::input_archive in(flat.bytes());
    T copy;
    in(copy);
    in.expect_end();
    return copy;
}

TEST(outcome, holds_a_value) {
    auto good = outcome<std::string>::of("text");
    EXPECT_TRUE(good.has_value());
    EXPECT_TRUE(static_cast<bool>(good));
    EXPECT_EQ(good.error(), nullptr);
    good.value() += "!";
    EXPECT_EQ(std::as_const(good).value(), "text!");
    EXPECT_EQ(std::move(good).value(), "text!");
}

TEST(outcome, holds_an_exception) {
    const auto bad = failed<int>();
    EXPECT_FALSE(bad.has_value());
    EXPECT_NE(bad.error(), nullptr);
    EXPECT_THROW(static_cast<void>(bad.value()), std::out_of_range);
    EXPECT_THROW(static_cast<void>(bad.value()), std::out_of_range);
}

TEST(outcome, of_nothing) {
    auto good = outcome<void>::of();
    EXPECT_TRUE(good.has_value());
    good.value();
    EXPECT_EQ(good.error(), nullptr);
    EXPECT_THROW(failed<void>().value(), std::out_of_range);
}

TEST(outcome, that_was_never_set_says_so) {
    outcome<int> empty;
    EXPECT_FALSE(empty.has_value());
    EXPECT_EQ(empty.error(), nullptr);
    EXPECT_THROW(static_cast<void>(empty.value()), error);
}

TEST(outcome, tells_a_value_that_is_an_exception_pointer_from_a_failure) {
    const auto good = outcome<std::exception_ptr>::of(std::make_exception_ptr(1));
    EXPECT_TRUE(good.has_value());
    EXPECT_EQ(good.error(), nullptr);
}

TEST(outcome, moves_what_cannot_be_copied_and_copies_what_can) {
    std::vector<outcome<std::unique_ptr<int>>> all;
    for (int i = 0; i != 9; ++i) all.push_back(outcome<std::unique_ptr<int>>::of(std::make_unique<int>(i)));
    const std::unique_ptr<int> last = std::move(all.back()).value();
    EXPECT_EQ(*last, 8);
    const auto one = outcome<std::string>::of("one");
    const auto copy = one;  // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(copy.value(), one.value());
}

TEST(outcome, travels) {
    static_assert(detail::is_crossable<std::vector<outcome<std::string>>>);
    static_assert(detail::is_crossable<outcome<void>>);
    static_assert(!detail::is_crossable<outcome<int*>>);
    EXPECT_EQ(round_trip(outcome<std::string>::of("text")).value(), "text");
    EXPECT_EQ(*round_trip(outcome<std::unique_ptr<int>>::of(std::make_unique<int>(3))).value(), 3);
    EXPECT_TRUE(round_trip(outcome<void>::of()).has_value());
    EXPECT_THROW(round_trip(failed<void>()).value(), std::out_of_range);
    EXPECT_THROW(static_cast<void>(round_trip(outcome<int>()).value()), error);
}

TEST(outcome, travels_with_the_process_that_threw) {
    const std::string large(200'000, 'x');
    try {
        static_cast<void>(round_trip(std::vector{failed<int>(large.c_str())}).at(0).value());
        ADD_FAILURE() << "nothing was thrown";
    } catch (const remote_info& info) {
        EXPECT_EQ(info.worker_pid, getpid());
        EXPECT_EQ(info.type_name, "std::out_of_range");
        EXPECT_EQ(info.label, "");
    }
}

TEST(outcome, that_does_not_decode_is_an_error_and_nothing_worse) {
    detail::byte_buffer flat;
    detail::output_archive out(flat);
    out(failed<std::string>());
    for (std::size_t length = 0; length != flat.size(); ++length) {
        outcome<std::string> copy;
        detail::input_archive in(flat.bytes().first(length));
        EXPECT_THROW(in(copy), detail::archive_error) << length << " bytes of " << flat.size();
    }
}

TEST(failure, that_does_not_decode_is_a_payload_error) {
    detail::byte_buffer thrown;
    detail::encode_failure(thrown, std::make_exception_ptr(std::out_of_range("no good")), "a label");
    detail::byte_buffer payload;
    detail::encode_failure(payload, {payload_side::argument_decode, "a type", "a reason"});
    for (const auto* whole : {&thrown, &payload})
        for (std::size_t length = 0; length != whole->size(); ++length)
            EXPECT_THROW(std::rethrow_exception(detail::decode_failure(whole->bytes().first(length))),
                         payload_error);
    const std::byte unknown[] = {std::byte{9}, std::byte{0}};
    EXPECT_THROW(std::rethrow_exception(detail::decode_failure(unknown)), payload_error);
}

TEST(failure, of_a_crossing_comes_back_as_what_it_was) {
    detail::byte_buffer flat;
    detail::encode_failure(flat, {payload_side::argument_decode, "a type", "a reason"});
    try {
        std::rethrow_exception(detail::decode_failure(flat.bytes()));
    } catch (const payload_error& error) {
        EXPECT_EQ(error.side(), payload_side::argument_decode);
        EXPECT_EQ(error.type_name(), "a type");
        EXPECT_NE(std::string(error.what()).find("a reason"), std::string::npos);
    }
}

}  // namespace
}  // namespace penstock

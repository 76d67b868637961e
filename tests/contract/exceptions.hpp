// SPDX-License-Identifier: MIT
// Contract: what a task throws comes back as its standard type with what() verbatim, and harms nothing else.
#pragma once

#include "contract/tools.hpp"

#include <exception>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <system_error>

namespace penstock::test {

template <class Exception>
void throw_it(const std::string& what) {
    throw Exception(what);
}
inline void throw_bad_alloc() { throw std::bad_alloc(); }
inline void throw_system_error() {
    throw std::system_error(std::make_error_code(std::errc::no_space_on_device), "saving");
}
inline void throw_nested() {
    try {
        throw std::out_of_range("the cause");
    } catch (...) {
        std::throw_with_nested(std::runtime_error("the consequence"));
    }
}

template <class Pool>
class contract_exceptions : public ::testing::Test {
protected:
    template <class Exception>
    void expect_back() {
        auto failed = pool.submit(throw_it<Exception>, "row 17, column \"x\"");
        try {
            result_of(failed);
            ADD_FAILURE() << "nothing was thrown";
        } catch (const Exception& error) {
            EXPECT_STREQ(error.what(), "row 17, column \"x\"");
        }
    }
    Pool pool{{.workers = 1}};
};
TYPED_TEST_SUITE_P(contract_exceptions);

TYPED_TEST_P(contract_exceptions, of_the_standard_types) {
    this->template expect_back<std::runtime_error>();
    this->template expect_back<std::range_error>();
    this->template expect_back<std::overflow_error>();
    this->template expect_back<std::underflow_error>();
    this->template expect_back<std::logic_error>();
    this->template expect_back<std::domain_error>();
    this->template expect_back<std::invalid_argument>();
    this->template expect_back<std::length_error>();
    this->template expect_back<std::out_of_range>();
    auto failed = this->pool.submit(throw_bad_alloc);
    EXPECT_THROW(result_of(failed), std::bad_alloc);
}

TYPED_TEST_P(contract_exceptions, are_caught_as_their_bases) {
    auto failed = this->pool.submit(throw_it<std::out_of_range>, "no row 17");
    EXPECT_EQ(message_of<std::exception>(failed), "no row 17");
}

TYPED_TEST_P(contract_exceptions, keep_their_error_code) {
    auto failed = this->pool.submit(throw_system_error);
    try {
        result_of(failed);
        ADD_FAILURE() << "nothing was thrown";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_space_on_device);
    }
}

TYPED_TEST_P(contract_exceptions, keep_what_is_nested_in_them) {
    auto failed = this->pool.submit(throw_nested);
    try {
        result_of(failed);
        ADD_FAILURE() << "nothing was thrown";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "the consequence");
        EXPECT_THROW(std::rethrow_if_nested(error), std::out_of_range);
    }
}

TYPED_TEST_P(contract_exceptions, harm_no_other_task) {
    auto before = this->pool.submit(add, 1, 1);
    auto failed = this->pool.submit(throw_it<std::runtime_error>, "alone");
    auto behind = this->pool.submit(add, 2, 2);
    EXPECT_EQ(message_of<std::runtime_error>(failed), "alone");
    EXPECT_EQ(result_of(before), 2);
    EXPECT_EQ(result_of(behind), 4);
}

REGISTER_TYPED_TEST_SUITE_P(contract_exceptions, of_the_standard_types, are_caught_as_their_bases,
                            keep_their_error_code, keep_what_is_nested_in_them, harm_no_other_task);

} // namespace penstock::test

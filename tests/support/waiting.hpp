// SPDX-License-Identifier: MIT
// Waits that end, for the tests of the process pool: a broken pool fails its test instead of hanging it.
//
// One thread. A future that does not resolve is reported by an exception; a test that hangs for any other reason is
// ended by hang_guard, which names the test and ends the program.
#pragma once

#include <penstock/errors.hpp>
#include <penstock/future.hpp>

#include <gtest/gtest.h>

#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string>

namespace penstock::test {

inline constexpr std::chrono::seconds long_enough{100};

/// Looks again and again until `done()` holds; false when it never did. For what the kernel tells nobody about.
template <class Done>
bool eventually(Done done, std::chrono::milliseconds bound = long_enough) {
    const auto limit = std::chrono::steady_clock::now() + bound;
    while (!done()) {
        if (std::chrono::steady_clock::now() > limit) return false;
        ::poll(nullptr, 0, 1);
    }
    return true;
}

/// The result, within the bound.
template <class T>
T outcome_of(future<T>& f) {
    if (!f.wait_for(long_enough)) throw std::logic_error("the future did not resolve");
    return f.get();
}
template <class T>
T outcome_of(future<T>&& f) {
    return outcome_of(f);
}

/// The exception that a future ends with; another outcome fails the test and gives a default one.
template <class Error, class T>
Error error_of(future<T>& f) {
    try {
        static_cast<void>(outcome_of(f));
        ADD_FAILURE() << "no exception";
    } catch (const Error& e) {
        return e;
    } catch (const std::exception& e) {
        ADD_FAILURE() << "another exception: " << e.what();
    } catch (...) {
        ADD_FAILURE() << "another exception, not a std::exception";
    }
    if constexpr (std::is_same_v<Error, worker_died>) return worker_died("none", {});
    else if constexpr (std::is_same_v<Error, pool_broken>) return pool_broken("none", {});
    else if constexpr (std::is_same_v<Error, remote_exception>) return remote_exception("none", {});
    else return Error("none");
}
template <class Error, class T>
Error error_of(future<T>&& f) {
    return error_of<Error>(f);
}

/// Ends the program with a message when the test takes longer than any machine needs.
class hang_guard {
public:
    explicit hang_guard(unsigned seconds = 150) {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        text_ = std::string("\n") + test->test_suite_name() + "." + test->name() + " hung and is ended\n";
        std::signal(SIGALRM, [](int) {
            if (::write(STDERR_FILENO, text_.data(), text_.size()) < 0) ::_exit(97);
            ::_exit(98);
        });
        ::alarm(seconds);
    }
    ~hang_guard() { ::alarm(0); }
    hang_guard(const hang_guard&) = delete;
    hang_guard& operator=(const hang_guard&) = delete;

private:
    inline static std::string text_;
};

} // namespace penstock::test

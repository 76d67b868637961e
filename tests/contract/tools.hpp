// SPDX-License-Identifier: MIT
// What the parts of the contract share: tasks that every pool accepts, and waits that end.
#pragma once

#include "event.hpp"
#include "gate.hpp"
#include "tally.hpp"

#include <penstock/errors.hpp>
#include <penstock/future.hpp>
#include <penstock/pool_options.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <stdexcept>
#include <string>

namespace penstock::test {

inline constexpr std::chrono::seconds a_minute{60};

/// The result, but never a hang: a future that does not resolve within a minute is an error of its own.
template <class T>
T result_of(future<T>& f) {
    if (!f.wait_for(a_minute)) throw std::runtime_error("the future did not resolve within a minute");
    return f.get();
}
template <class T>
T result_of(future<T>&& f) {
    return result_of(f);
}
/// What the exception of a future says, or "no exception".
template <class Exception, class T>
std::string message_of(future<T>& f) {
    try {
        static_cast<void>(result_of(f));
    } catch (const Exception& error) {
        return error.what();
    }
    return "no exception";
}

// Tasks. Gates and tallies are named by path, which means the same in every process.
inline int add(int a, int b) { return a + b; }
inline int same(int x) { return x; }
inline void do_nothing() {}
inline void open_gate(const std::string& path) { gate::open(path); }
inline void mark(const std::string& path) { tally::mark(path); }
/// Says that it runs, then waits until it may end.
inline int hold(const std::string& started, const std::string& release) {
    gate::open(started);
    gate::wait(release);
    return 1;
}
inline void hold_then_mark(const std::string& release, const std::string& marks) {
    gate::wait(release);
    tally::mark(marks);
}

/// Keeps the only worker of a pool busy from its construction until release().
template <class Pool>
class busy_worker {
public:
    explicit busy_worker(Pool& pool) : task_(pool.submit(hold, started_.path(), release_.path())) {
        started_.wait();
    }
    ~busy_worker() { release(); }
    busy_worker(const busy_worker&) = delete;
    busy_worker& operator=(const busy_worker&) = delete;

    void release() { release_.open(); }
    future<int>& task() { return task_; }

private:
    gate started_;
    gate release_;
    future<int> task_;
};

/// Whether a use of a future throws std::future_error(no_state).
template <class Use>
bool has_no_state(Use use) {
    try {
        use();
    } catch (const std::future_error& error) {
        return error.code() == std::future_errc::no_state;
    }
    return false;
}

} // namespace penstock::test

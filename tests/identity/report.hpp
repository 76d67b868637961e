// SPDX-License-Identifier: MIT
// Counts the answers of the probes and prints the wrong ones. One thread.
#pragma once

#include <penstock/process_pool.hpp>

#include <cstdio>
#include <exception>

namespace identity {

class report {
public:
    explicit report(penstock::process_pool& pool) : pool_(pool) {}

    /// Asks often enough that a worker meets the callable's full name as well as its number.
    template <class Want, class F, class... Args>
    void expect(const char* what, const Want& want, const F& callable, const Args&... arguments) {
        for (int i = 0; i != 3; ++i) {
            ++asked_;
            try {
                if (pool_.submit(callable, arguments...).get() != want) wrong(what, "another function answered");
            } catch (const std::exception& e) {
                wrong(what, e.what());
            }
        }
    }
    void wrong(const char* what, const char* why) {
        ++wrong_;
        std::printf("%s, %s: %s\n", part_, what, why);
    }
    /// Names what is asked next.
    void begin(const char* part) { part_ = part; }
    int asked() const { return asked_; }
    int wrong_answers() const { return wrong_; }

private:
    penstock::process_pool& pool_;
    const char* part_ = "";
    int asked_ = 0;
    int wrong_ = 0;
};

} // namespace identity

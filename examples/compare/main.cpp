// SPDX-License-Identifier: MIT

// Sequential, threads or processes, and how many workers? See README.md.

#include "comparison.hpp"
#include "interrupt.hpp"
#include "options.hpp"
#include "usage_error.hpp"

#include <penstock/penstock.hpp>

#include <exception>
#include <iostream>

namespace {

constexpr int failed = 1;
constexpr int bad_usage = 2;
constexpr int ended_by_interrupt = 128 + 2;

int run(const compare::options& wanted) {
    switch (wanted.what) {
        case compare::command::hash:
            return compare::compare_hash(wanted);
        case compare::command::cpu:
            return compare::compare_cpu(wanted);
        case compare::command::demo:
            return compare::compare_demo(wanted);
    }
    return failed;
}

int run_and_report(const compare::options& wanted) {
    try {
        return run(wanted);
    } catch (const example_common::interrupted&) {
        std::cerr
            << "compare: interrupted; what was measured until now is in the CSV file, if there is one\n";
        return ended_by_interrupt;
    } catch (const example_common::usage_error& problem) {
        std::cerr << "compare: " << problem.what() << '\n';
        return bad_usage;
    } catch (const std::exception& problem) {
        std::cerr << "compare: " << problem.what() << '\n';
        return failed;
    }
}

}  // namespace

int main(int argc, char** argv) {
    penstock::init(argc, argv);  // a worker process never returns from here
    example_common::catch_interrupts();
    const compare::parsed parsed = compare::read_options(argc, argv);
    return parsed.exit_status ? *parsed.exit_status : run_and_report(parsed.wanted);
}

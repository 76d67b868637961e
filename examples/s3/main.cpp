// SPDX-License-Identifier: MIT

// Lists, reads, copies and fills S3 buckets, and measures how fast. See README.md.

#include "interrupt.hpp"
#include "program/commands.hpp"
#include "server/serve.hpp"
#include "usage_error.hpp"

#include <penstock/penstock.hpp>

#include <exception>
#include <iostream>

namespace {

constexpr int bad_usage = 2;

int run(const s3_program::options& wanted) {
    switch (wanted.what) {
        case s3_program::command::list:
            return s3_program::list(wanted);
        case s3_program::command::fetch:
            return s3_program::fetch(wanted);
        case s3_program::command::copy:
            return s3_program::copy(wanted);
        case s3_program::command::put:
            return s3_program::put(wanted);
        case s3_program::command::sweep:
            return s3_program::sweep(wanted);
        case s3_program::command::fanout:
            return s3_program::fanout(wanted);
        case s3_program::command::serve:
            return s3_server::serve(wanted.serve);
        case s3_program::command::demo:
            break;
    }
    return s3_program::demo(wanted);
}

int explain(const std::exception& problem) {
    if (example_common::interrupt_requested()) {
        std::cerr << "penstock-s3: interrupted\n";
        return s3_program::status_interrupted;
    }
    std::cerr << "penstock-s3: " << problem.what() << '\n';
    return dynamic_cast<const example_common::usage_error*>(&problem) != nullptr ? bad_usage
                                                                                 : s3_program::status_failed;
}

}  // namespace

int main(int argc, char** argv) {
    penstock::init(argc, argv);  // a worker process never returns from here
    const s3_program::parsed parsed = s3_program::read_options(argc, argv);
    if (parsed.exit_status) return *parsed.exit_status;
    if (parsed.wanted.what != s3_program::command::serve) example_common::catch_interrupts();
    try {
        return run(parsed.wanted);
    } catch (const std::exception& problem) {
        return explain(problem);
    }
}

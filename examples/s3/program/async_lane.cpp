// SPDX-License-Identifier: MIT
#include "program/async_lane.hpp"

#include "interrupt.hpp"

#include <utility>

namespace s3_program {

async_lane::async_lane(const work_order& order)
    : most_(order.concurrency),
      way_(order.concurrency, [this] { return abandoned_ || example_common::interrupt_requested(); }),
      work_(order, way_) {}

void async_lane::start(job what) { way_.spawn(run(std::move(what))); }

s3::task<void> async_lane::run(job what) {
    finished_job one;
    one.what = what;
    one.how = co_await work_.run(std::move(what));
    finished_.push_back(std::move(one));
}

std::vector<finished_job> async_lane::wait(std::chrono::milliseconds longest) {
    if (finished_.empty() && way_.tasks() != 0) way_.poll(longest);
    return std::exchange(finished_, {});
}

// The tasks must have unwound before the client is gone.
void async_lane::abandon() {
    abandoned_ = true;
    while (way_.tasks() != 0) way_.poll(std::chrono::milliseconds(10));
}

}  // namespace s3_program

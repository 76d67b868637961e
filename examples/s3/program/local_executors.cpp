// SPDX-License-Identifier: MIT
#include "program/local_executors.hpp"

#include "program/worker.hpp"

#include <utility>

namespace s3_program {

void sequential_executor::start(job what) {
    finished_job one;
    one.how = work_on(order_, what);
    one.what = std::move(what);
    finished_.push_back(std::move(one));
}

std::vector<finished_job> sequential_executor::wait(std::chrono::milliseconds) {
    return std::exchange(finished_, {});
}

void async_executor::use(const s3::credentials& keys) {
    order_.keys = keys;
    lane_.follow(order_);
}

}  // namespace s3_program

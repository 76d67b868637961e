// SPDX-License-Identifier: MIT
// Many jobs at a time in one thread, each on a connection of its own. One thread. Destroying it ends what is
// in flight.
#pragma once

#include "client/multi_transport.hpp"
#include "program/executor.hpp"
#include "program/lane.hpp"

namespace s3_program {

class async_lane {
public:
    explicit async_lane(const work_order& order);
    ~async_lane() { abandon(); }
    async_lane(const async_lane&) = delete;
    async_lane& operator=(const async_lane&) = delete;

    void follow(const work_order& order) { work_.follow(order); }
    [[nodiscard]] bool wants_more() const { return way_.tasks() < most_; }
    [[nodiscard]] std::size_t tasks() const { return way_.tasks(); }
    void start(job what);
    [[nodiscard]] std::vector<finished_job> wait(std::chrono::milliseconds longest);
    void abandon();

private:
    [[nodiscard]] s3::task<void> run(job what);

    bool abandoned_ = false;
    std::size_t most_;
    std::vector<finished_job> finished_;
    s3::multi_transport way_;
    lane work_;
};

}  // namespace s3_program

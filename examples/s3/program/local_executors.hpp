// SPDX-License-Identifier: MIT
// Jobs in the calling thread: one after the other, or many at a time on one thread's connections.
#pragma once

#include "program/async_lane.hpp"
#include "program/executor.hpp"
#include "program/work_order.hpp"

namespace s3_program {

class sequential_executor final : public executor {
public:
    explicit sequential_executor(work_order order) : order_(std::move(order)) {}

    [[nodiscard]] bool wants_more() const override { return finished_.empty(); }
    void start(job what) override;
    [[nodiscard]] std::vector<finished_job> wait(std::chrono::milliseconds) override;
    void use(const s3::credentials& keys) override { order_.keys = keys; }
    void abandon() override {}

private:
    work_order order_;
    std::vector<finished_job> finished_;
};

class async_executor final : public executor {
public:
    explicit async_executor(work_order order) : order_(std::move(order)), lane_(order_) {}

    [[nodiscard]] bool wants_more() const override { return lane_.wants_more(); }
    void start(job what) override { lane_.start(std::move(what)); }
    [[nodiscard]] std::vector<finished_job> wait(std::chrono::milliseconds longest) override {
        return lane_.wait(longest);
    }
    void use(const s3::credentials& keys) override;
    void abandon() override { lane_.abandon(); }

private:
    work_order order_;
    async_lane lane_;
};

}  // namespace s3_program

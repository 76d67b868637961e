// SPDX-License-Identifier: MIT
// Completes each request in place, with one libcurl handle whose connections are kept. One thread at a time: make one
// in every thread or worker that needs one, never before a fork.
#pragma once

#include "client/transport.hpp"

#include <memory>

namespace s3 {

class blocking_transport final : public transport {
public:
    explicit blocking_transport(stop_check stop = {});
    ~blocking_transport() override;

    void start(http_request request, completion done) override;
    // Sleeps, in slices, so that a stop is noticed.
    void pause(std::chrono::milliseconds delay, std::function<void()> done) override;

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace s3

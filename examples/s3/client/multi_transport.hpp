// SPDX-License-Identifier: MIT
// Runs any number of operations in one thread, at most `max_in_flight` requests at a time, each on its own kept
// connection. Operations wait for room in the order in which they came; one that backs off holds no room.
//
//     multi_transport way(256);
//     client bucket(settings, keys, way);
//     for (auto& key : keys) way.spawn(fetch(bucket, key));   // task<void>
//     way.run();
//
// One thread at a time. The descriptors needed are max_in_flight and about ten more.
#pragma once

#include "client/task.hpp"
#include "client/transport.hpp"

#include <cstddef>
#include <memory>

namespace s3 {

class multi_transport final : public transport {
public:
    explicit multi_transport(std::size_t max_in_flight, stop_check stop = {});
    // Ends what is in flight with http_failure::stopped first, so that the operations unwind.
    ~multi_transport() override;

    // Takes the task; it begins in run() or poll() as soon as there is room for its first request. May be called from
    // inside a task. An exception that leaves a task is kept: the first one is thrown by run().
    void spawn(task<void> work);
    // Until every spawned task has ended.
    void run();
    // One round, waiting at most so long for the network. True while there are tasks. Throws no task's exception.
    bool poll(std::chrono::milliseconds longest);

    [[nodiscard]] std::size_t tasks() const noexcept;      // spawned and not ended
    [[nodiscard]] std::size_t in_flight() const noexcept;  // requests on the network
    [[nodiscard]] std::size_t queued() const noexcept;     // requests that wait for room

    void start(http_request request, completion done) override;
    void pause(std::chrono::milliseconds delay, std::function<void()> done) override;

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

}  // namespace s3

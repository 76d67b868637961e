// SPDX-License-Identifier: MIT
// Keeps the lines that a pool captured, for a test to look at. Any thread; copies of function() share the lines, so that
// they are there when the pool is gone (which is when all have arrived).
#pragma once

#include "support/waiting.hpp"

#include <penstock/worker_output.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace penstock::test {

class output_collector {
public:
    std::function<void(const captured_line&)> function() const {
        return [box = box_](const captured_line& line) {
            const std::lock_guard lock(box->mutex);
            box->lines.push_back(line);
        };
    }
    worker_output options() const { return {.mode = output_mode::capture, .on_line = function()}; }
    worker_output options(std::uint64_t limit) const {
        return {.mode = output_mode::capture, .on_line = function(), .limit = limit};
    }

    std::vector<captured_line> lines() const {
        const std::lock_guard lock(box_->mutex);
        return box_->lines;
    }
    /// Those of one task's label, notices left out.
    std::vector<std::string> texts(const std::string& label, output_stream stream = output_stream::standard_output) const {
        std::vector<std::string> found;
        for (const captured_line& line : lines())
            if (line.task_label == label && line.stream == stream && line.dropped == 0) found.push_back(line.text);
        return found;
    }
    bool wait_for(const std::string& text) const {
        return eventually([&] {
            for (const captured_line& line : lines())
                if (line.text == text) return true;
            return false;
        });
    }

private:
    struct shared {
        std::mutex mutex;
        std::vector<captured_line> lines;
    };
    std::shared_ptr<shared> box_ = std::make_shared<shared>();
};

} // namespace penstock::test

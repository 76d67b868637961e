// SPDX-License-Identifier: MIT
#include "common/require.hpp"
#include "common/stopwatch.hpp"
#include "probes/probes.hpp"
#include "probes/pump_line.hpp"

#include <poll.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace penstock::bench {

namespace {

/// The parent's side: hands out as long as there is room, collects what is there, sleeps when there is neither.
class pump {
public:
    explicit pump(std::size_t workers) {
        for (std::size_t i = 0; i != workers; ++i) lines_.push_back(std::make_unique<pump_line>());
    }

    /// Sends `count` tasks and takes their results; in seconds.
    double run(std::uint64_t count) {
        sent_ = done_ = sum_ = 0;
        const stopwatch time;
        while (done_ != count)
            if (!step(count)) sleep(count);
        const double took = time.seconds();
        require(sum_ == count * (count + 1) / 2, "the sum of the results");
        return took;
    }

private:
    bool step(std::uint64_t count) {
        bool moved = false;
        for (auto& line : lines_) {
            const std::uint64_t more = sent_ == count ? 0 : line->send(sent_, count);
            const std::uint64_t back = line->receive(sum_);
            sent_ += more;
            done_ += back;
            moved = moved || more != 0 || back != 0;
        }
        return moved;
    }
    void sleep(std::uint64_t count) {
        std::vector<pollfd> all;
        for (auto& line : lines_) {
            all.push_back({line->result_end(), POLLIN, 0});
            if (sent_ != count) all.push_back({line->task_end(), POLLOUT, 0});
        }
        poll(all.data(), all.size(), -1);
    }

    std::vector<std::unique_ptr<pump_line>> lines_;
    std::uint64_t sent_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t sum_ = 0;
};

}  // namespace

measurements record_pump(const request& asked) {
    const std::uint64_t count = asked.amount<std::uint64_t>(4'000'000, 1'000'000);
    pump all(asked.workers);
    all.run(count / 10);
    return {{"record pump", "", static_cast<double>(count) / all.run(count), "tasks/s"}};
}

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
#include "probes/pump_line.hpp"

#include "common/require.hpp"

#include <algorithm>
#include <cstring>

namespace penstock::bench {

pump_line::pump_line() : worker_([this] { serve(); }) {
    tasks_.never_block(tasks_.write_end());
    results_.never_block(results_.read_end());
}

void pump_line::serve() const {
    std::array<pump_task, 2048> tasks;
    for (std::size_t partial = 0;;) {
        auto* bytes = reinterpret_cast<std::byte*>(tasks.data());
        const ssize_t got = read(tasks_.read_end(), bytes + partial, sizeof tasks - partial);
        if (got <= 0) _exit(got == 0 ? 0 : 1);
        const std::size_t size = partial + static_cast<std::size_t>(got);
        const std::size_t whole = size / sizeof(pump_task);
        for (std::size_t i = 0; i != whole; ++i) {
            const pump_result result{tasks[i].id, tasks[i].argument + 1};
            write_all(results_.write_end(), &result, sizeof result);
        }
        partial = size % sizeof(pump_task);
        std::memmove(bytes, bytes + whole * sizeof(pump_task), partial);
    }
}

std::uint64_t pump_line::send(std::uint64_t first, std::uint64_t last) {
    // At most 4,096 bytes: the kernel writes all of it or nothing.
    std::array<pump_task, batch> tasks;
    const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(batch, last - first));
    for (std::size_t i = 0; i != count; ++i) tasks[i] = {first + i, 0, first + i};
    const ssize_t put = write(tasks_.write_end(), tasks.data(), count * sizeof(pump_task));
    if (put < 0 && errno == EAGAIN) return 0;
    if (put < 0) throw_errno("write");
    require(static_cast<std::size_t>(put) == count * sizeof(pump_task), "a short write of less than a page");
    return count;
}

std::uint64_t pump_line::receive(std::uint64_t& sum) {
    auto* bytes = reinterpret_cast<std::byte*>(received_.data());
    const ssize_t got = read(results_.read_end(), bytes + partial_, sizeof received_ - partial_);
    if (got < 0 && errno == EAGAIN) return 0;
    if (got <= 0) throw_errno("read");
    const std::size_t size = partial_ + static_cast<std::size_t>(got);
    const std::size_t whole = size / sizeof(pump_result);
    for (std::size_t i = 0; i != whole; ++i) sum += received_[i].value;
    partial_ = size % sizeof(pump_result);
    std::memmove(bytes, bytes + whole * sizeof(pump_result), partial_);
    return whole;
}

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
// The way of captured lines from a pool's I/O thread to the user's callback on the callback thread, with a bound on what
// may be under way.
//
// Threads: deliver() is the I/O thread's, the rest happens on the callback thread. Shared with what is under way, which
// may outlast the pool by a moment.
#pragma once

#include "pool/callback_thread.hpp"
#include "pool/output_block.hpp"

#include <penstock/worker_output.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

namespace penstock::pool {

class output_delivery : public std::enable_shared_from_this<output_delivery> {
public:
    /// `callbacks` must live as long as deliver() is called.
    output_delivery(const worker_output& options, callback_thread& callbacks);

    std::uint64_t limit() const noexcept { return limit_; }
    /// False, and nothing happened, when too much is under way already or there is no memory. A notice that nobody would
    /// repeat is `urgent`: it has room in any case.
    bool deliver(output_block&& block, bool urgent = false) noexcept;

private:
    class parcel;
    void call(const output_block& block) const;
    void call_once(const captured_line& line) const noexcept;

    const std::function<void(const captured_line&)> on_line_;
    const std::uint64_t limit_;
    const std::size_t most_under_way_;
    callback_thread& callbacks_;
    std::atomic<std::size_t> under_way_{0}; // bytes
};

} // namespace penstock::pool

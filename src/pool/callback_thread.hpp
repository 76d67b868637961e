// SPDX-License-Identifier: MIT
// The one thread of a process pool on which users' callbacks run: started on first use, first come first served. While a
// callback waits for a future that other callbacks make ready, another thread goes on in its place; no two callbacks
// ever run at the same time.
//
// Threads: post from any, inside publish too (it only appends). stop runs what was posted and joins, unless it is called
// on the callback thread itself, which then goes on alone until its queue is empty. After stop, post runs callbacks in
// the thread that posts.
#pragma once

#include "pool/work_item.hpp"

#include <functional>
#include <memory>

namespace penstock::pool {

class callback_thread {
public:
    callback_thread();
    ~callback_thread();
    callback_thread(const callback_thread&) = delete;
    callback_thread& operator=(const callback_thread&) = delete;

    void post(detail::shared_state& state, detail::callback* first) noexcept;
    /// Runs a function there, in turn; what it throws is reported. Dropped after stop.
    void post(std::function<void()> function) noexcept;
    /// Whether the calling thread is this callback thread.
    bool is_here() const noexcept;
    void stop() noexcept;

private:
    struct inbox;
    std::shared_ptr<inbox> inbox_; // shared with the thread, which may outlive this object
};

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// How one attempt to move bytes ended, for everything that moves any: pipes and sockets.
#pragma once

#include <sys/types.h>

#include <cerrno>
#include <cstddef>

namespace penstock::os {

enum class io_status {
    ok,           ///< `bytes` bytes were moved (a short count is ordinary)
    would_block,  ///< nothing moved: wait until the poller reports the descriptor
    closed,       ///< the other side is gone (end of file, EPIPE, or ECONNRESET)
    failed,       ///< `error` holds errno
};

struct io_result {
    io_status status = io_status::ok;
    std::size_t bytes = 0;
    int error = 0;
};

/// Makes the call again as long as a signal interrupted it.
template <typename Call>
ssize_t retried(Call call) noexcept {
    ssize_t moved = 0;
    do {
        moved = call();
    } while (moved < 0 && errno == EINTR);
    return moved;
}

/// What a call returned, with the errno it left. End of file is for the caller to tell from no bytes.
inline io_result outcome(ssize_t moved) noexcept {
    if (moved >= 0) return {io_status::ok, static_cast<std::size_t>(moved), 0};
    const int error = errno;
    if (error == EAGAIN) return {io_status::would_block, 0, 0};  // Linux: EWOULDBLOCK is the same number
    if (error == EPIPE || error == ECONNRESET) return {io_status::closed, 0, 0};
    return {io_status::failed, 0, error};
}

}  // namespace penstock::os

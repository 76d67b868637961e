// SPDX-License-Identifier: MIT
// The parent's end of the private connection to one worker; a transport is what stands behind this header, pipes today.
//
// Two anonymous pipes. The task pipe is in packet mode where the kernel has it, so one read takes one whole packet or
// none, and a packet that nobody has read yet can be taken back by the parent: reading is what claims a task. The parent
// keeps a read end of the task pipe (so a write never raises SIGPIPE, and after a death the unread packets are still
// there): a file description of its own, since O_NONBLOCK on the shared one would be the worker's too.
//
// Beside the pipes there may be memory that both sides share, an extra: without it the pipes do all of the work.
//
// Threads: the owner serialises the sending verbs; receive() may run beside them. Descriptors: three, all O_CLOEXEC.
#pragma once

#include "os/file_descriptor.hpp"
#include "os/pipe.hpp"
#include "os/shared_memory.hpp"

#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace penstock::os {

class channel {
public:
    /// With so many bytes of shared memory, if they can be had and unread packets be taken back. Throws std::system_error
    /// when a pipe cannot be had.
    explicit channel(std::size_t shared_bytes = 0);

    /// The worker's ends, valid until worker_started().
    int task_read_fd() const noexcept { return task_read_.get(); }
    int result_write_fd() const noexcept { return result_write_.get(); }
    /// -1 without shared memory.
    int shared_fd() const noexcept { return shared_ ? shared_->descriptor() : -1; }
    /// The worker has its own copies now: closes ours.
    void worker_started();

    /// False where packets cannot be taken back: then nothing may be queued behind a task at the worker.
    bool can_take_back() const noexcept { return can_take_back_; }

    /// Empty without shared memory.
    std::span<std::byte> shared() const noexcept { return shared_ ? shared_->bytes() : std::span<std::byte>(); }
    /// For a thread that looks there without the owner's lock: it stays mapped as long as this is held.
    std::shared_ptr<const void> shared_life() const noexcept { return shared_; }

    /// At most PIPE_BUF bytes, all of them or would_block.
    io_result send_packet(const void* data, std::size_t size) noexcept;
    /// Any size, piece by piece. Not while packets are unread, and no packet until the stream was consumed.
    io_result send_stream(const iovec* parts, int count) noexcept;
    io_result receive(void* into, std::size_t size) noexcept;
    /// Pipes that hold a megabyte, where the kernel grants that (it does up to 64 MiB a user): a payload then takes fewer
    /// turns of the two sides.
    void widen_tasks() noexcept;
    void widen_results() noexcept;
    /// Reads one unread packet back (or, of a stream, what there is); empty when there is none or the road is closed.
    std::optional<std::size_t> take_back(std::span<std::byte> into) noexcept;
    /// Bytes in the task pipe that the worker has not read.
    std::size_t unread_bytes() const;

    int result_fd() const noexcept { return result_read_.get(); }
    int task_fd() const noexcept { return task_write_.get(); }

private:
    void set_packets(bool on) noexcept;
    void share(std::size_t bytes);

    file_descriptor task_read_;  // the worker's end; kept afterwards only where it cannot be opened anew
    file_descriptor task_write_;
    file_descriptor task_reader_;  // the parent's own read end
    file_descriptor result_read_;
    file_descriptor result_write_;
    std::shared_ptr<shared_memory> shared_;
    bool has_packets_ = false;
    bool packets_on_ = false;
    bool can_take_back_ = false;
};

}  // namespace penstock::os

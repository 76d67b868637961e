// SPDX-License-Identifier: MIT
// A worker's end of its pipes (descriptors 3 and 4): blocking reads of frames, blocking writes of answers. One thread.
// Answers to the tasks of a batch are put into the claim page first, where the pool finds them should the worker die, and
// written together.
//
// While there is work again and again it looks for the next frame for a moment before it sleeps.
//
// A task may have put files of its own in their place: that is looked at before anything is written, which must not get
// there. Where several tasks travel together it is looked at once for all of them, and harms none. When the pipes are gone
// or damaged there is nothing left to tell anybody: it ends the process, saying why on standard error unless the pool
// itself is gone.
#pragma once

#include "os/brief_look.hpp"
#include "os/shared_memory.hpp"
#include "wire/claim_page.hpp"
#include "wire/frame_reader.hpp"
#include "wire/frame_writer.hpp"

#include <sys/types.h>

#include <chrono>
#include <mutex>
#include <optional>

namespace penstock::worker {

class connection {
public:
    connection();

    /// The next frame; empty when the pool has closed its end.
    std::optional<wire::frame_in> receive();
    void send(wire::frame_kind kind, std::uint64_t task, std::uint32_t tag, std::span<const std::byte> flat,
              std::span<const detail::borrowed_piece> borrowed = {});
    /// The answer to a task: within a batch it waits for flush(), unless it is too large for the page.
    void answer(wire::frame_kind kind, std::uint64_t task, std::uint32_t tag, std::span<const std::byte> flat,
                std::span<const detail::borrowed_piece> borrowed = {});
    /// The pool shares this memory with us. Ends the process when it cannot be had, as nobody would understand us.
    void share_page(bool may_spin);
    void begin_batch(std::uint32_t number, std::uint16_t tasks) noexcept;
    /// Whether the next task of the batch is ours to run.
    bool claim_task() noexcept;
    /// After an answer: ends the process where a task has put something else in the place of the pipes, and others of its
    /// batch, which must not pay for that, have not begun.
    void expect_pipes() const;
    /// Writes the answers that wait.
    void flush();
    void end_batch();
    /// Tells the pool how far a task is. May be called from any thread of the task, so it takes turns with send.
    void send_progress(std::uint64_t task, double fraction) noexcept;
    void use(std::uint64_t key, std::uint64_t max_payload) noexcept;
    /// From now on what tasks printed is on its way before each answer: the pool captures it and wants to know whose
    /// it is.
    void flush_output_first() noexcept { flushes_output_ = true; }
    std::uint64_t key() const noexcept { return key_; }
    std::uint64_t max_payload() const noexcept { return max_payload_; }

private:
    /// Which file a descriptor stands for.
    struct identity {
        dev_t device = 0;
        ino_t inode = 0;
        friend bool operator==(const identity&, const identity&) = default;
    };
    static identity identity_of(int fd) noexcept;
    void leave_forked_child() const noexcept;
    void write_all(std::span<const std::byte> bytes);
    void look_for_work() noexcept;
    bool are_left_to_pool() noexcept;
    void send_left();
    bool is_taken_soon() noexcept;
    bool pipes_are_whole() const noexcept { return identity_of(3) == task_pipe_ && identity_of(4) == result_pipe_; }

    identity task_pipe_ = identity_of(3);
    identity result_pipe_ = identity_of(4);
    std::uint64_t key_ = 0;
    std::uint64_t max_payload_ = ~std::uint64_t{0};
    wire::frame_reader reader_;
    wire::frame_writer writer_;
    std::mutex writing_; // a task's own threads report progress
    std::optional<os::shared_memory> memory_;
    wire::claim_page page_;
    std::uint64_t received_ = 0; // frames since the page is there
    bool may_spin_ = false;
    os::brief_look for_work_;
    os::brief_look for_taker_; // of answers
    bool last_wait_was_short_ = false;
    bool is_alone_ = false; // the task is the only one of its batch
    std::uint16_t tasks_to_follow_ = 0;
    bool in_batch_ = false;
    std::uint64_t forks_;
    bool flushes_output_ = false;
};

} // namespace penstock::worker

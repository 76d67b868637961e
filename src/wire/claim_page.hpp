// SPDX-License-Identifier: MIT
// The memory that a worker shares with its pool, and no other worker: which tasks of the batch that it runs it has begun,
// and the answers it has not sent yet. It makes batches safe. After a death the pool knows which one task had begun and
// has the answers of those before it; and the end of a batch that turns out to be long can be taken away from a worker.
//
//   page      := claim:u64 (64 bytes apart) published:u64 (64 bytes apart) answers
//   claim     := batch:u32 begun:u16 end:u16      the worker takes task `begun` by adding one to it; it has it if
//                                                 that is below `end`, which the pool may lower to `begun`; of a batch
//                                                 that was read and not begun the pool may say that its end is 0
//   published := batch:u32 count:u16 0:u16        how many answers of that batch are complete
//   answers   := frame*                           in the order of the tasks; one that went by the pipe is a head of
//                                                 kind `elsewhere` in its place
//
// The two words are all that both sides write or read at the same time; the answers are read only as far as they were
// published. Threads: begin, claim, append, publish are the worker's (one thread), the others the pool's (under its lock).
// The pool believes nothing that it finds here: a dying worker may have scribbled on it.
#pragma once

#include "wire/frame.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace penstock::wire {

class claim_page {
public:
    static constexpr std::size_t size = 32 * 1024;
    static constexpr std::size_t first_answer = 128;

    claim_page() = default;
    /// `memory` is of `size` bytes, all zero at first, and outlives this.
    explicit claim_page(std::span<std::byte> memory) noexcept : memory_(memory) {}

    // The worker's side.
    /// Its tasks may have been taken away by now: claim() says so.
    void begin(std::uint32_t batch, std::uint16_t tasks) noexcept;
    /// Whether the next task of the batch is the worker's; if not, the rest was taken away.
    bool claim() noexcept;
    /// Whether an answer of so many bytes, head included, can lie here, and a head for each task that follows.
    bool has_room(std::size_t bytes, std::size_t tasks_to_follow) const noexcept;
    void append(const frame_head& head, std::span<const std::byte> body) noexcept;
    /// The answers that were appended are complete; one for each task.
    void publish() noexcept;
    /// What was appended and not yet taken by this call, without the heads of kind `elsewhere`, which end it.
    std::span<const std::byte> take_unsent() noexcept;

    // The pool's side.
    struct range {
        std::uint16_t first = 0;
        std::uint16_t last = 0; ///< one behind the last
    };
    /// Takes away the tasks of that batch that were not begun, of `tasks`. The worker has read the batch, so those
    /// before it were run to their ends.
    range take_rest(std::uint32_t batch, std::uint16_t tasks) noexcept;
    /// How many tasks of that batch were begun, of `tasks`; empty when the worker has not begun the batch.
    std::optional<std::uint16_t> begun(std::uint32_t batch, std::uint16_t tasks) const noexcept;
    /// How many answers of that batch are complete.
    std::uint16_t published(std::uint32_t batch) const noexcept;
    /// The bytes of the answers, from the first one on. The worker writes there when it begins its next batch: what was
    /// read counts only if still_holds() afterwards.
    std::span<const std::byte> answers() const noexcept { return memory_.subspan(first_answer); }
    bool still_holds(std::uint32_t batch) const noexcept;

private:
    std::atomic_ref<std::uint64_t> word(std::size_t offset) const noexcept {
        return std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(memory_.data() + offset));
    }
    std::atomic_ref<std::uint64_t> claims() const noexcept { return word(0); }
    std::atomic_ref<std::uint64_t> count() const noexcept { return word(64); }

    std::span<std::byte> memory_;
    // The worker's: where the next answer goes, and what is not sent yet.
    std::uint32_t batch_ = 0;
    std::uint16_t answered_ = 0;
    std::size_t end_ = first_answer;
    std::size_t sent_ = first_answer;
};
static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free);

} // namespace penstock::wire

// SPDX-License-Identifier: MIT
// The memory that a worker shares with its pool, and no other worker: which tasks of the batch that it runs it has begun,
// and the answers it has not sent yet. It makes batches safe. After a death the pool knows which one task had begun and
// has the answers of those before it; and the end of a batch that turns out to be long can be taken away from a worker.
//
//   page      := claim:u64 published:u64 sent:u64 taken:u64 watched:u64 (each 64 bytes apart) answers
//   claim     := batch:u32 begun:u16 end:u16      the worker takes task `begun` by adding one to it; it has it if
//                                                 that is below `end`, which the pool may lower to `begun`; of a batch
//                                                 that was read and not begun the pool may say that its end is 0
//   published := batch:u32 count:u16 0:u16        how many answers of that batch are complete
//   sent      := u64                              how many frames the pool has sent since the boot frame, without those
//                                                 that it took back: a worker that has had fewer need not sleep
//   taken     := batch:u32 count:u16 0:u16        how many answers of that batch the pool has found here: they need not
//                                                 be written to the pipe
//   watched   := u64                              1 while the pool looks here, 2 while a thread of it sleeps on this word:
//                                                 the worker wakes it, and waits a moment before it writes answers. 3 while
//                                                 the pool writes a batch and looks here afterwards: the worker, which may
//                                                 have the processor of whoever writes, makes it 4 and leaves the answers
//   answers   := frame*                           in the order of the tasks; one that went by the pipe is a head of
//                                                 kind `elsewhere` in its place
//
// The words are all that both sides write or read at the same time; the answers are read only as far as they were
// published. Nothing but claim and published decides anything: the other words only save time, though answers that were
// left are sent late, before the next ones, by a worker whose pool did not take them. Threads: the worker's side
// is of one thread, the pool's under its lock, but is_complete() and watch(). The pool believes nothing that it finds here:
// a dying worker may have scribbled on it.
#pragma once

#include "wire/frame.hpp"

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace penstock::wire {

class claim_page {
public:
    static constexpr std::size_t size = 32 * 1024;
    static constexpr std::size_t first_answer = 320;
    enum class watcher : std::uint32_t { none = 0, looking = 1, asleep = 2, handing_over = 3, answers_left = 4 };

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
    /// Whether the pool looks here, or sleeps, so that it may be worth while to wait for is_taken(). After publish().
    watcher watched() const noexcept {
        std::atomic_thread_fence(std::memory_order_seq_cst); // either we see the watcher or it sees the answer
        return static_cast<watcher>(word(watched_at).load(std::memory_order_acquire));
    }
    /// The pool looked in vain, or not at all.
    void end_watch() noexcept { word(watched_at).store(0, std::memory_order_release); }
    /// Whether the pool, which is about to look here, takes what was published. None of it was sent.
    bool leave_to_pool() noexcept { return sent_ == first_answer && turn(watcher::handing_over, watcher::answers_left); }
    bool has_unsent() const noexcept { return sent_ != end_; }
    /// Whether the pool has all answers that were published: those that are unsent need not be sent.
    bool is_taken() const noexcept;
    /// How many frames were sent to the worker.
    std::uint64_t sent() const noexcept { return word(sent_at).load(std::memory_order_acquire); }

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
    struct published_answers {
        std::uint32_t batch = 0;
        std::uint16_t count = 0;
    };
    /// How many answers are complete, of the batch that was begun last.
    published_answers published() const noexcept;
    /// The bytes of the answers, from the first one on. The worker writes there when it begins its next batch: what was
    /// read counts only if still_holds() afterwards.
    std::span<const std::byte> answers() const noexcept { return memory_.subspan(first_answer); }
    bool still_holds(std::uint32_t batch) const noexcept;
    /// The pool has so many answers of that batch.
    void take(std::uint32_t batch, std::uint16_t answers) noexcept;
    /// So many frames more, or less, are on their way.
    void send(std::int64_t frames) noexcept {
        word(sent_at).fetch_add(static_cast<std::uint64_t>(frames), std::memory_order_release);
    }
    void watch(watcher how) noexcept {
        word(watched_at).store(static_cast<std::uint64_t>(how), std::memory_order_release);
        std::atomic_thread_fence(std::memory_order_seq_cst);
    }
    /// The pool writes a batch, and looks here afterwards. False while somebody watches: then the worker has been told.
    bool hand_over() noexcept { return turn(watcher::none, watcher::handing_over); }
    /// After hand_over() and the write. True when the worker may have left answers here.
    bool end_hand_over() noexcept { return !turn(watcher::handing_over, watcher::none); }
    /// Whether the pool has taken all that the worker has published.
    bool all_taken() const noexcept {
        return word(taken_at).load(std::memory_order_acquire) == word(published_at).load(std::memory_order_acquire);
    }
    /// Whether answers wait here that nobody was told of. (A thread that watches since then finds them itself.)
    bool are_left() const noexcept {
        return word(watched_at).load(std::memory_order_acquire) == static_cast<std::uint64_t>(watcher::answers_left);
    }
    /// What was left here was taken, or sent after all. Either side.
    void end_leaving() noexcept { turn(watcher::answers_left, watcher::none); }
    /// Holds `asleep` while the thread that said so need not be woken.
    const std::uint32_t& watch_word() const noexcept {
        const std::size_t low_half = std::endian::native == std::endian::little ? 0 : sizeof(std::uint32_t);
        return *reinterpret_cast<const std::uint32_t*>(memory_.data() + watched_at + low_half);
    }
    /// Whether an answer of a batch is there, or the batch is over.
    bool is_complete(std::uint32_t batch, std::uint16_t answer) const noexcept;

private:
    // Where the words lie: a cache line for each, as the sides write them at the same time.
    static constexpr std::size_t claim_at = 0;
    static constexpr std::size_t published_at = 64;
    static constexpr std::size_t sent_at = 128;
    static constexpr std::size_t taken_at = 192;
    static constexpr std::size_t watched_at = 256;

    std::atomic_ref<std::uint64_t> word(std::size_t offset) const noexcept {
        return std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(memory_.data() + offset));
    }
    bool turn(watcher from, watcher to) noexcept {
        auto seen = static_cast<std::uint64_t>(from);
        return word(watched_at).compare_exchange_strong(seen, static_cast<std::uint64_t>(to), std::memory_order_acq_rel);
    }
    std::atomic_ref<std::uint64_t> claims() const noexcept { return word(claim_at); }
    std::atomic_ref<std::uint64_t> count() const noexcept { return word(published_at); }

    std::span<std::byte> memory_;
    // The worker's: where the next answer goes, and what is not sent yet.
    std::uint32_t batch_ = 0;
    std::uint16_t answered_ = 0;
    std::size_t end_ = first_answer;
    std::size_t sent_ = first_answer;
};
static_assert(std::atomic_ref<std::uint64_t>::is_always_lock_free);

} // namespace penstock::wire

// SPDX-License-Identifier: MIT
// One place for a worker and the process that fills it at the moment: its channel, its reader and writer, and which
// callables it knows by number. When the process dies the slot is filled again by a new one.
//
// With a claim page several small tasks travel in one packet, a batch, and the worker's answers to them in one write: the
// slot remembers which tasks each batch holds, takes back those that were not begun, and finds the answers of those that
// were (harvest), be the worker alive or dead.
//
// Threads: receive() is the I/O thread's alone and may run beside the rest; everything else needs the engine's lock.
#pragma once

#include "os/channel.hpp"
#include "os/child_process.hpp"
#include "os/worker_process.hpp"
#include "pool/batch_ledger.hpp"
#include "pool/work_item.hpp"
#include "wire/boot_message.hpp"
#include "wire/frame_reader.hpp"
#include "wire/frame_writer.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace penstock::pool {

class worker_slot {
public:
    /// Pipes, so many bytes of shared memory where they can be had, and process. Throws start_error or std::system_error;
    /// nothing is left behind then.
    worker_slot(const os::start_request& command, std::size_t shared_bytes, const wire::boot_message& boot);
    /// A process that was forked elsewhere and has the other ends of these pipes.
    worker_slot(os::channel&& pipes, std::unique_ptr<os::worker_process> process, wire::boot_message boot);

    /// After `failed` the worker is to be killed; whatever else is to be written fails too.
    enum class progress { done, blocked, failed };

    /// Gathers the task for a batch, writes it as a packet, or begins to write it as a stream; `blocked` means that
    /// nothing was done with it.
    progress send(work_item& item);
    /// Writes the batch that was gathered; `blocked`: continue_writing() will. With `looks`, the worker may leave answers in
    /// the page meanwhile: ask has_left(), and harvest until took_left().
    progress flush(bool looks = false);
    bool has_left() const noexcept { return has_left_; }
    bool took_left() noexcept;
    /// Goes on with what is being written: the boot frame, a large task, a batch.
    progress continue_writing();
    bool writing() const noexcept { return !writer_.done() || flush_waits_; }
    /// For a worker that is being killed: what is half written stays so, and the task's memory is not looked at again.
    /// What was gathered was copied, and is given back by unread_after_death().
    void stop_writing() noexcept {
        writer_.stop();
        bye_waits_ = flush_waits_ = false;
    }
    /// The worker ends when it has read this. Sent as soon as the pipe is free: `blocked` until then.
    progress say_bye();

    /// Tasks that the worker had not begun and now never will.
    std::vector<std::uint64_t> take_back();
    /// The same once the worker is dead, when a stream of which no byte was read counts too.
    std::vector<std::uint64_t> unread_after_death();

    /// Reads what there is, up to a bound. `ended` is the end of the pipe, `failed` an error of reading it.
    enum class reading { some, nothing, ended, failed };
    reading receive();
    /// For large payloads; the owner counts the pipes, as a user of the machine has a limit to them.
    static constexpr std::uint64_t large_payload = 256 * 1024;
    bool wants_wide_tasks(const work_item& item) const noexcept { return !wide_tasks_ && item.length() >= large_payload; }
    bool wants_wide_results() const noexcept { return !wide_results_ && reader_.to_come() >= large_payload; }
    void widen_tasks() noexcept {
        channel_.widen_tasks();
        wide_tasks_ = true;
    }
    void widen_results() noexcept {
        channel_.widen_results();
        wide_results_ = true;
    }
    std::size_t wide_pipes() const noexcept { return std::size_t{wide_tasks_} + std::size_t{wide_results_}; }
    wire::frame_reader& frames() noexcept { return reader_; }
    /// Bytes that are no frame may be the doing of one of several tasks. (The pipe is read before answers are taken from
    /// the page, so they are not that of a task which was answered before.)
    bool is_between_answers() const noexcept { return batches_ && batches_->is_between_answers(); }
    /// Whether an answer may be found in the page before the pipe brings it as well.
    bool has_page() const noexcept { return batches_.has_value(); }
    /// harvest() finds what is in the page now.
    void look_into_page() noexcept {
        if (batches_) batches_->look();
    }
    /// The answer to the oldest task, when it lay in the page and was not taken yet.
    std::optional<wire::frame_in> harvest() { return batches_ ? batches_->harvest() : std::nullopt; }
    /// A place in the page, for a thread that waits there without the engine's lock.
    struct awaited_answer {
        std::shared_ptr<const void> life;
        wire::claim_page page;
        batch_ledger::position where;
        bool is_there() const noexcept { return page.is_complete(where.batch, where.answer); }
    };
    /// Where the answer to a task will be. Empty without a page.
    std::optional<awaited_answer> find_answer(std::uint64_t task) const;
    /// The oldest task, which is of this callable, was answered: from now on its number is enough.
    void answered(std::uint32_t callable);

    os::worker_process& process() noexcept { return *process_; }
    const os::channel& channel() const noexcept { return channel_; }

private:
    wire::claim_page page() const noexcept { return wire::claim_page(channel_.shared()); }
    progress gather(const wire::frame_head& head, const work_item& item);
    std::vector<std::uint64_t> not_begun(bool dead);
    progress send_packet(const wire::frame_head& head, std::span<const std::byte> prefix, std::span<const std::byte> body);
    progress fail() noexcept;

    os::channel channel_;
    std::uint64_t key_;
    wire::frame_reader reader_;
    wire::frame_writer writer_;
    detail::byte_buffer boot_;
    detail::byte_buffer token_;
    std::vector<bool> known_; // by callable number
    bool wide_tasks_ = false;
    bool wide_results_ = false;
    std::uint64_t stream_task_ = 0; // the task that was last sent as a stream, 0 for none
    std::uint64_t stream_written_ = 0;
    std::uint64_t last_sent_ = 0;
    std::optional<batch_ledger> batches_; // with a claim page
    bool flush_waits_ = false;
    bool has_left_ = false;
    bool bye_waits_ = false;
    bool failed_ = false; // writing did, perhaps within a frame: nothing may follow
    std::unique_ptr<os::worker_process> process_;
};

} // namespace penstock::pool

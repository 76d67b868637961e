// SPDX-License-Identifier: MIT
#include "pool/worker_slot.hpp"

#include "pool/callable_table.hpp"

#include <array>

namespace penstock::pool {

using wire::frame_kind;

namespace {

constexpr std::uint64_t boot_key = 0; // the worker does not know another one yet
constexpr std::size_t receive_bound = 4u << 20; // bytes a call, so that one worker cannot keep the loop to itself

std::unique_ptr<os::worker_process> start(os::start_request request, const os::channel& pipes) {
    request.task_read_fd = pipes.task_read_fd();
    request.result_write_fd = pipes.result_write_fd();
    request.shared_fd = pipes.shared_fd();
    return std::make_unique<os::child_process>(os::child_process::start(request));
}

} // namespace

worker_slot::worker_slot(const os::start_request& command, std::size_t shared_bytes, const wire::boot_message& boot)
    : worker_slot(os::channel(shared_bytes), nullptr, boot) {
    process_ = start(command, channel_);
    channel_.worker_started();
}

worker_slot::worker_slot(os::channel&& pipes, std::unique_ptr<os::worker_process> process, wire::boot_message boot)
    : channel_(std::move(pipes)), key_(boot.key), reader_(boot.key, boot.max_payload), process_(std::move(process)) {
    if (process_) channel_.worker_started();
    boot.has_page = !channel_.shared().empty();
    if (boot.has_page) batches_.emplace(wire::claim_page(channel_.shared()), key_);
    detail::output_archive out(boot_);
    out(boot);
    writer_.start(wire::make_head(boot_key, frame_kind::boot, 0, 0, boot_.size()), {}, boot_.bytes(), {});
}

worker_slot::progress worker_slot::send(work_item& item) try {
    if (failed_) return progress::failed;
    if (writing()) return progress::blocked;
    token_.clear();
    if (item.callable() >= known_.size()) known_.resize(item.callable() + 1); // answered() must not fail
    const bool known = known_[item.callable()];
    if (!known) {
        detail::output_archive out(token_);
        wire::encode_token(out, callable_token(item.callable()), key_);
    }
    const auto kind = known ? frame_kind::task : frame_kind::task_with_token;
    const auto head = wire::make_head(key_, kind, item.callable(), item.id, token_.size() + item.length());
    last_sent_ = item.id;
    if (!item.exclusive) return batches_ ? gather(head, item) : send_packet(head, token_.bytes(), item.flat());
    writer_.start(head, token_.bytes(), item.flat(), item.borrowed());
    if (batches_) page().send(1);
    stream_task_ = item.id;
    stream_written_ = 0;
    return continue_writing() == progress::failed ? progress::failed : progress::done;
} catch (const std::bad_alloc&) { // before anything was done with it
    return progress::blocked;
}

worker_slot::progress worker_slot::gather(const wire::frame_head& head, const work_item& item) {
    if (batches_->gather(head, token_.bytes(), item.flat())) return progress::done;
    const progress flushed = flush();
    if (flushed != progress::done) return flushed;
    return batches_->gather(head, token_.bytes(), item.flat()) ? progress::done : progress::blocked;
}

worker_slot::progress worker_slot::flush(bool looks) {
    if (failed_) return progress::failed;
    flush_waits_ = false;
    if (!batches_ || !batches_->has_gathered()) return progress::done;
    if (!batches_->make_room()) {
        flush_waits_ = true; // for memory
        return progress::blocked;
    }
    const auto packet = batches_->packet();
    const bool told = looks && page().hand_over();
    const os::io_result result = channel_.send_packet(packet.data(), packet.size());
    if (told && page().end_hand_over()) has_left_ = true;
    if (result.status == os::io_status::would_block) {
        flush_waits_ = true;
        return progress::blocked;
    }
    if (result.status != os::io_status::ok) return fail();
    page().send(1);
    batches_->sent();
    return progress::done;
}

bool worker_slot::took_left() noexcept {
    if (!batches_) return true;
    if (has_left_ && page().are_left() && !page().all_taken()) return false;
    page().end_leaving();
    has_left_ = false;
    return true;
}

worker_slot::progress worker_slot::send_packet(const wire::frame_head& head, std::span<const std::byte> prefix,
                                               std::span<const std::byte> body) {
    std::array<std::byte, wire::max_packet> packet;
    std::byte* end = packet.data();
    const auto put = [&end](const void* from, std::size_t size) {
        if (size != 0) std::memcpy(end, from, size);
        end += size;
    };
    put(&head, sizeof head);
    put(prefix.data(), prefix.size());
    put(body.data(), body.size());
    const os::io_result result = channel_.send_packet(packet.data(), static_cast<std::size_t>(end - packet.data()));
    if (result.status == os::io_status::ok) return progress::done;
    return result.status == os::io_status::would_block ? progress::blocked : fail();
}

/// The memory of a task that was not sent is not looked at again: another worker may get it, and end it.
worker_slot::progress worker_slot::fail() noexcept {
    failed_ = true;
    stop_writing();
    return progress::failed;
}

worker_slot::progress worker_slot::continue_writing() {
    if (failed_) return progress::failed;
    while (!writer_.done()) {
        const auto parts = writer_.remaining();
        const os::io_result result = channel_.send_stream(parts.data(), static_cast<int>(parts.size()));
        if (result.status == os::io_status::would_block) return progress::blocked;
        if (result.status != os::io_status::ok) return fail();
        writer_.advance(result.bytes);
        stream_written_ += result.bytes;
    }
    if (const progress flushed = flush(); flushed != progress::done) return flushed;
    return bye_waits_ ? say_bye() : progress::done;
}

worker_slot::progress worker_slot::say_bye() {
    if (failed_) return progress::failed;
    bye_waits_ = true;
    if (writing()) return progress::blocked;
    const progress sent = send_packet(wire::make_head(key_, frame_kind::bye, 0, 0, 0), {}, {});
    if (batches_ && sent == progress::done) page().send(1);
    bye_waits_ = sent == progress::blocked;
    return sent;
}

std::vector<std::uint64_t> worker_slot::take_back() {
    if (!channel_.can_take_back() || !writer_.done() || stream_task_ != 0) return {};
    return not_begun(false);
}

std::vector<std::uint64_t> worker_slot::unread_after_death() {
    if (stream_task_ != 0) {
        if (channel_.unread_bytes() == stream_written_) return {stream_task_};
        return {};
    }
    if (channel_.can_take_back()) return not_begun(true);
    if (channel_.unread_bytes() != 0) return {last_sent_}; // there it has one task at a time
    return {};
}

/// Unread packets first, as long as they are; but they are younger than what is left of the batch that is being run.
std::vector<std::uint64_t> worker_slot::not_begun(bool dead) {
    std::vector<std::uint64_t> unread; // room for all, before any is taken out of the pipe
    std::vector<std::uint64_t> ids;
    if (batches_) unread.reserve(batches_->outstanding()), ids.reserve(batches_->outstanding());
    std::array<std::byte, wire::max_packet> packet;
    while (const auto size = channel_.take_back(packet)) {
        wire::frame_head head;
        std::memcpy(&head, packet.data(), sizeof head);
        if (batches_) page().send(-1);
        if (*size < sizeof head || head.kind() == frame_kind::bye) continue;
        if (batches_) batches_->take_unread(head, unread);
        else unread.push_back(head.task);
    }
    if (!batches_) return unread;
    batches_->take_rest(dead, ids);
    ids.insert(ids.end(), unread.begin(), unread.end());
    batches_->take_gathered(ids);
    flush_waits_ = false;
    return ids;
}

std::optional<worker_slot::awaited_answer> worker_slot::find_answer(std::uint64_t task) const {
    if (!batches_) return std::nullopt;
    const auto where = batches_->find(task);
    if (!where) return std::nullopt;
    return awaited_answer{channel_.shared_life(), page(), *where};
}

worker_slot::reading worker_slot::receive() {
    reading outcome = reading::nothing;
    for (std::size_t total = 0; total < receive_bound;) {
        const std::span<std::byte> into = reader_.writable();
        const os::io_result result = channel_.receive(into.data(), into.size());
        if (result.status == os::io_status::would_block) return outcome;
        if (result.status == os::io_status::closed) return reading::ended;
        if (result.status != os::io_status::ok) return reading::failed;
        reader_.received(result.bytes);
        outcome = reading::some;
        total += result.bytes;
        if (!reader_.body_under_way()) return outcome; // there may be frames to take
    }
    return outcome;
}

void worker_slot::answered(std::uint32_t callable) {
    known_[callable] = true;
    if (stream_task_ != 0) stream_task_ = 0; // it was in no batch
    else if (batches_) batches_->answered();
}

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
#include "os/channel.hpp"

#include <system_error>

namespace penstock::os {

namespace {
constexpr std::size_t wide = 1u << 20;
}

channel::channel(std::size_t shared_bytes) {
    pipe_ends tasks = make_pipe();
    pipe_ends results = make_pipe();
    task_read_ = std::move(tasks.read_end);
    task_write_ = std::move(tasks.write_end);
    result_read_ = std::move(results.read_end);
    result_write_ = std::move(results.write_end);
    set_nonblocking(task_write_.get(), true);
    set_nonblocking(result_read_.get(), true);
    set_packets(true);
    has_packets_ = packets_on_;
    task_reader_ = reopen_for_reading(task_read_.get());
    can_take_back_ = has_packets_ && static_cast<bool>(task_reader_);
    if (can_take_back_ && shared_bytes != 0) share(shared_bytes);
}

void channel::share(std::size_t bytes) {
    if (auto made = shared_memory::make(bytes)) shared_ = std::make_shared<shared_memory>(std::move(*made));
}

void channel::worker_started() {
    result_write_.reset();
    if (task_reader_) task_read_.reset();
    if (shared_) shared_->close_descriptor();
}

void channel::set_packets(bool on) noexcept {
    if (on == packets_on_) return;
    try {
        set_packet_mode(task_write_.get(), on);
        packets_on_ = on;
    } catch (
        const std::system_error&) {  // a kernel without packet mode: a stream it stays, see can_take_back()
    }
}

io_result channel::send_packet(const void* data, std::size_t size) noexcept {
    if (has_packets_) set_packets(true);
    return write_some(task_write_.get(), data, size);
}

io_result channel::send_stream(const iovec* parts, int count) noexcept {
    if (has_packets_) set_packets(false);
    return writev_some(task_write_.get(), parts, count);
}

io_result channel::receive(void* into, std::size_t size) noexcept {
    return read_some(result_read_.get(), into, size);
}

void channel::widen_tasks() noexcept { set_pipe_size(task_write_.get(), wide); }
void channel::widen_results() noexcept { set_pipe_size(result_read_.get(), wide); }

std::optional<std::size_t> channel::take_back(std::span<std::byte> into) noexcept {
    if (!task_reader_) return std::nullopt;
    const io_result result = read_some(task_reader_.get(), into.data(), into.size());
    if (result.status != io_status::ok) return std::nullopt;
    return result.bytes;
}

std::size_t channel::unread_bytes() const {
    return bytes_readable(task_reader_ ? task_reader_.get() : task_read_.get());
}

}  // namespace penstock::os

// SPDX-License-Identifier: MIT
#include "worker/connection.hpp"

#include "os/pipe.hpp"
#include "os/shared_futex.hpp"
#include "wire/exit_code.hpp"
#include "worker/standard_output.hpp"

#include <penstock/detail/process_role.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace penstock::worker {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto short_wait = 50us;   // the next one will be short as well, and looking is worth while
constexpr auto longest_look = 20us;

constexpr int task_fd = 3;
constexpr int result_fd = 4;
constexpr int page_fd = 5; // until it is mapped

constexpr const char* displaced = "descriptors 3 and 4 are not its pipes any more";
constexpr const char* displaced_by = "did a task close them, or put others in their place?";

[[noreturn]] void lost(const char* what, const char* why) {
    std::fprintf(stderr, "penstock: worker %d ends: %s: %s\n", static_cast<int>(getpid()), what, why);
    _exit(wire::exit_lost_connection);
}

/// How much of an answer the pipe took. Without the pool there is nobody to tell.
std::size_t written(const os::io_result& result) {
    if (result.status == os::io_status::closed) _exit(wire::exit_lost_connection);
    if (result.status == os::io_status::failed) lost("cannot write its result pipe (did a task close it?)", std::strerror(result.error));
    return result.bytes;
}

} // namespace

connection::identity connection::identity_of(int fd) noexcept {
    struct stat about{};
    if (::fstat(fd, &about) != 0) return {};
    return {about.st_dev, about.st_ino};
}

connection::connection() : reader_(0, ~std::uint64_t{0}), forks_(detail::fork_generation()) {}

void connection::use(std::uint64_t key, std::uint64_t max_payload) noexcept {
    key_ = key;
    max_payload_ = max_payload;
    reader_.set_key(key, ~std::uint64_t{0}); // the pool has checked the length of what it sends
    reader_.trust_lengths();
}

std::optional<wire::frame_in> connection::receive() {
    for (;;) {
        if (auto frame = reader_.next()) {
            send_left();
            ++received_;
            return frame;
        }
        if (!reader_.damage().empty()) lost("its task pipe holds", reader_.damage().c_str());
        const std::span<std::byte> into = reader_.writable();
        const auto began = clock::now();
        look_for_work();
        const os::io_result result = os::read_some(task_fd, into.data(), into.size());
        last_wait_was_short_ = clock::now() - began < short_wait;
        if (result.status == os::io_status::closed) return std::nullopt;
        if (result.status == os::io_status::failed) lost("cannot read its task pipe (did a task close it?)", std::strerror(result.error));
        reader_.received(result.bytes);
    }
}

/// Only while waits are short: a worker that is not needed sleeps at once.
void connection::look_for_work() noexcept {
    if (!may_spin_ || !last_wait_was_short_) return;
    for_work_.look(longest_look, [this] { return static_cast<std::int64_t>(page_.sent() - received_) > 0; });
}

/// What was left for the pool to take. It has, but where it had no memory for that.
void connection::send_left() {
    if (!page_.has_unsent()) return;
    if (page_.is_taken()) page_.take_unsent();
    else flush();
    page_.end_leaving();
}

/// Whoever writes the next batch, or wrote this one, takes the answers as soon as it has the processor again.
bool connection::are_left_to_pool() noexcept {
    if (page_.watched() != wire::claim_page::watcher::handing_over) return false;
    if (!is_alone_ && !pipes_are_whole()) lost(displaced, displaced_by);
    return page_.leave_to_pool();
}

/// A thread of the pool that looks into the page, or sleeps beside it, saves us writing the answers, and the pool reading them.
bool connection::is_taken_soon() noexcept {
    using enum wire::claim_page::watcher;
    const auto watcher = page_.watched();
    if (!may_spin_ || (watcher != looking && watcher != asleep)) return false;
    if (watcher == asleep) {
        page_.end_watch();
        os::wake_shared(page_.watch_word());
    }
    if (for_taker_.look(longest_look, [this] { return page_.is_taken(); })) return true;
    page_.end_watch();
    return false;
}

/// A task that forked and came back in the child as well: this is the child, and neither pipes nor page are its own.
void connection::leave_forked_child() const noexcept {
    if (detail::fork_generation() != forks_) _exit(wire::exit_forked_child);
}

void connection::send(wire::frame_kind kind, std::uint64_t task, std::uint32_t tag, std::span<const std::byte> flat,
                      std::span<const detail::borrowed_piece> borrowed) {
    leave_forked_child();
    if (flushes_output_) flush_standard_output();
    const std::lock_guard lock(writing_);
    if (!pipes_are_whole()) lost(displaced, displaced_by);
    std::uint64_t length = flat.size();
    for (const auto& piece : borrowed) length += piece.size;
    writer_.start(wire::make_head(key_, kind, tag, task, length), {}, flat, borrowed);
    while (!writer_.done()) {
        const auto parts = writer_.remaining();
        writer_.advance(written(os::writev_some(result_fd, parts.data(), static_cast<int>(parts.size()))));
    }
}

void connection::answer(wire::frame_kind kind, std::uint64_t task, std::uint32_t tag, std::span<const std::byte> flat,
                        std::span<const detail::borrowed_piece> borrowed) {
    if (!in_batch_) return send(kind, task, tag, flat, borrowed);
    leave_forked_child();
    if (is_alone_ && !pipes_are_whole()) lost(displaced, displaced_by); // now, while it is known whose doing it is
    if (borrowed.empty() && page_.has_room(sizeof(wire::frame_head) + flat.size(), tasks_to_follow_)) {
        page_.append(wire::make_head(key_, kind, tag, task, flat.size()), flat);
    } else {
        flush();
        send(kind, task, tag, flat, borrowed);
        page_.append(wire::make_head(key_, wire::frame_kind::elsewhere, 0, task, 0), {});
    }
    page_.publish();
}

void connection::share_page(bool may_spin) {
    memory_ = os::shared_memory::map(os::file_descriptor(page_fd), wire::claim_page::size);
    if (!memory_) lost("cannot map the page that it shares with its pool", std::strerror(errno));
    memory_->close_descriptor();
    page_ = wire::claim_page(memory_->bytes());
    may_spin_ = may_spin;
    received_ = 0;
}

void connection::begin_batch(std::uint32_t number, std::uint16_t tasks) noexcept {
    page_.begin(number, tasks);
    tasks_to_follow_ = tasks;
    is_alone_ = tasks == 1;
    in_batch_ = true;
}

bool connection::claim_task() noexcept {
    --tasks_to_follow_;
    return page_.claim();
}

void connection::expect_pipes() const {
    if (tasks_to_follow_ != 0 && !pipes_are_whole()) lost(displaced, displaced_by);
}

void connection::flush() {
    const std::span<const std::byte> unsent = page_.take_unsent();
    if (unsent.empty()) return;
    const std::lock_guard lock(writing_);
    if (!pipes_are_whole()) lost(displaced, displaced_by);
    write_all(unsent);
}

void connection::end_batch() {
    in_batch_ = false;
    if (are_left_to_pool()) return;
    if (is_taken_soon()) {
        page_.take_unsent();
        if (!is_alone_ && !pipes_are_whole()) lost(displaced, displaced_by); // a task by itself was looked at before
    }
    flush();
}

void connection::write_all(std::span<const std::byte> bytes) {
    while (!bytes.empty()) bytes = bytes.subspan(written(os::write_some(result_fd, bytes.data(), bytes.size())));
}

void connection::send_progress(std::uint64_t task, double fraction) noexcept {
    if (detail::fork_generation() != forks_) return;
    struct {
        wire::frame_head head;
        double fraction;
    } message{wire::make_head(key_, wire::frame_kind::progress, 0, task, sizeof fraction), fraction};
    const std::lock_guard lock(writing_);
    if (!pipes_are_whole()) return; // send will say so
    os::write_some(result_fd, &message, sizeof message); // at most PIPE_BUF: all of it or an error that send will meet
}

} // namespace penstock::worker

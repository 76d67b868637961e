// SPDX-License-Identifier: MIT
#include "pool/work_item.hpp"

#include "future/lent_place.hpp"
#include "pool/callable_table.hpp"
#include "pool/longest_wait.hpp"
#include "wire/payload_report.hpp"
#include "wire/remote_error.hpp"

#include <algorithm>
#include <new>

namespace penstock::pool {

namespace {
constexpr std::size_t least_tail = 16;    // so that a small result finds room where the arguments were
constexpr std::size_t largest_tail = 4096; // beyond it the caller's buffer is taken over instead of copied
} // namespace

work_item* work_item::make(detail::encoded_call&& call, std::uint32_t callable, detail::decode_function* decode,
                           const task_options& options, std::shared_ptr<task_owner> owner) {
    const bool in_tail = call.borrowed.empty() && call.flat->size() <= largest_tail;
    const std::size_t capacity = std::max(least_tail, in_tail ? call.flat->size() : 0);
    void* memory = ::operator new(sizeof(work_item) + capacity);
    auto* item = new (memory) work_item(callable, decode, std::move(owner));
    item->tail_capacity_ = static_cast<std::uint16_t>(capacity);
    item->length_ = call.size();
    // Alone it is a batch all the same, where there are batches: two heads.
    item->exclusive = 2 * sizeof(wire::frame_head) + callable_token_size(callable) + item->length_ > wire::max_packet;
    try {
        item->timeout = options.timeout;
        item->priority = options.priority;
        if (!options.label.empty()) item->more().label = options.label;
        if (options.retry.max_attempts > 1) item->more().retry = options.retry;
        if (in_tail) {
            if (!call.flat->empty()) std::memcpy(item->tail(), call.flat->data(), call.flat->size());
            item->tail_size_ = static_cast<std::uint16_t>(call.flat->size());
        } else {
            item->more().flat = std::move(*call.flat);
            item->more().borrowed = std::move(call.borrowed);
            item->more().held = std::move(call.held);
        }
    } catch (...) {
        item->release();
        throw;
    }
    return item;
}

void work_item::destroy() noexcept {
    this->~work_item();
    ::operator delete(static_cast<void*>(this));
}

work_item::extras& work_item::more() {
    if (!extras_) extras_ = std::make_unique<extras>();
    return *extras_;
}

std::span<const std::byte> work_item::flat() const noexcept {
    if (extras_ && !extras_->flat.empty()) return extras_->flat.bytes();
    return {tail(), tail_size_};
}

std::span<const detail::borrowed_piece> work_item::borrowed() const noexcept {
    if (extras_) return extras_->borrowed;
    return {};
}

void work_item::set_answer(wire::frame_kind kind, pid_t worker, std::span<const std::byte> bytes) {
    if (bytes.size() <= tail_capacity_) {
        if (!bytes.empty()) std::memcpy(tail(), bytes.data(), bytes.size());
        tail_size_ = static_cast<std::uint16_t>(bytes.size());
    } else {
        more().result.append(bytes.data(), bytes.size());
    }
    answer_ = kind;
    worker_ = worker;
}

void work_item::set_answer(wire::frame_kind kind, pid_t worker, detail::byte_buffer bytes) {
    more().result = std::move(bytes);
    answer_ = kind;
    worker_ = worker;
}

void work_item::finish() noexcept {
    if (extras_) { // the arguments have done their work
        extras_->flat = {};
        extras_->borrowed = {};
        extras_->held.reset();
    }
    publish();
    release();
}

const std::string& work_item::label() const noexcept {
    static const std::string none;
    return extras_ ? extras_->label : none;
}

bool work_item::try_again(const std::string& how_it_ended, std::chrono::nanoseconds& pause) {
    if (!extras_ || extras_->retry.max_attempts < 2) return false;
    extras_->attempts.push_back(how_it_ended);
    const std::size_t made = extras_->attempts.size();
    if (made >= extras_->retry.max_attempts) return false;
    pause = std::clamp(extras_->retry.backoff, std::chrono::nanoseconds(0), longest_wait);
    for (std::size_t doubled = 1; doubled < made && pause < longest_wait; ++doubled) pause = std::min(2 * pause, longest_wait);
    return true;
}

std::vector<std::string> work_item::attempts() const { return extras_ ? extras_->attempts : std::vector<std::string>{}; }

bool work_item::await() {
    const detail::lent_place lent(nullptr, false); // of the thread pool whose worker this may be
    return owner_->await(*this);
}

/// Nothing steps aside here, but this is where a wait begins that would never end.
bool work_item::step_aside() {
    if (!owner_->is_ours())
        throw pool_closed("penstock: this future belongs to the process that made it, not to its forked child");
    return false;
}

std::span<const std::byte> work_item::result() const noexcept {
    if (extras_ && !extras_->result.empty()) return extras_->result.bytes();
    return {tail(), tail_size_};
}

void work_item::take(void* slot) {
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr)); // the last reference goes with the catch
    if (answer_ == wire::frame_kind::value) return decode_(result(), slot, extras_ ? &extras_->result : nullptr);
    if (answer_ == wire::frame_kind::exception) std::rethrow_exception(wire::decode_exception(result(), {worker_, label()}));
    wire::payload_report report;
    try {
        detail::input_archive in(result());
        in(report);
    } catch (const std::exception& e) {
        throw payload_error(payload_side::result_decode, "payload_report", e.what());
    }
    throw payload_error(report.side, report.type_name, report.reason);
}

} // namespace penstock::pool

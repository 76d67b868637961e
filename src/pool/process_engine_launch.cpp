// SPDX-License-Identifier: MIT
// How tasks get into the engine: at once, when there is room, or through the inbox while somebody holds the lock for long. Any
// thread.
#include "pool/process_engine.hpp"

#include "pool/callable_table.hpp"
#include "pool/lock_soon.hpp"

#include <penstock/errors.hpp>

#include <utility>

namespace penstock::pool {

/// Under the lock. False where the pool is broken: the task has its answer then, as one that was submitted a moment
/// before. Throws where the pool was shut down.
bool process_engine::admit(const item_ref& item, std::unique_lock<std::mutex>& lock) {
    if (dispatcher_->accepting()) return true;
    if (dispatcher_->shutting_down()) throw pool_closed("penstock: the pool was shut down and takes no more tasks");
    item->set_error(std::make_exception_ptr(*broken_));
    ++stats_.failed;
    lock.unlock();
    item_ref::share(item.get()).detach()->finish();
    return false;
}

process_engine::item_ref process_engine::prepare(detail::encoded_call&& call, detail::decode_function* decode,
                                                 const task_options& options, std::int32_t only) {
    if (!is_ours()) throw pool_closed("penstock: this pool belongs to the process that made it, not to its forked child");
    check_numbering(numbering_);
    if (call.size() > options_.max_payload)
        throw payload_error(payload_side::argument_encode, "arguments",
                            "they take " + std::to_string(call.size()) + " bytes, pool_options.max_payload allows " +
                                std::to_string(options_.max_payload));
    if (options.timeout.count() < 0 || options.retry.backoff.count() < 0)
        throw std::invalid_argument("penstock: task_options.timeout or retry.backoff is negative");
    const std::uint32_t callable = callable_number(call.callable);
    auto item = item_ref::adopt(work_item::make(std::move(call), callable, decode, options, shared_from_this()));
    if (item->timeout.count() == 0) item->timeout = options_.task_timeout;
    item->only = only;
    return item;
}

bool process_engine::has_room(const work_item& item) const noexcept {
    if (options_.max_pending != 0 && open_ >= options_.max_pending) return false;
    return options_.max_pending_bytes == 0 || open_ == 0 || open_bytes_ + item.length() <= options_.max_pending_bytes;
}

/// Under the lock, with room. The dispatcher keeps a reference of its own until the task is published.
void process_engine::enqueue(item_ref& item) {
    const auto now = std::chrono::steady_clock::now();
    item->id = next_id_++;
    item->submitted_at = now;
    ++open_;
    open_bytes_ += item->length();
    stats_.bytes_sent += item->length();
    dispatcher_->submit(*item_ref::share(item.get()).detach(), now);
    if (dispatcher_->is_gathering()) wake_before(now + std::chrono::milliseconds(1));
    if (item->timeout > std::chrono::nanoseconds(0)) wake_.signal(); // the I/O thread keeps the deadlines
}

/// enqueue() by a thread that need not wake the I/O thread for answers which come before it goes on: a worker that gets
/// this thread's processor leaves them to it, and they are taken here.
void process_engine::hand_over(item_ref& item, std::unique_lock<std::mutex>& lock) {
    hands_over_ = true;
    try {
        enqueue(item);
    } catch (...) {
        hands_over_ = false;
        if (!left_.empty()) wake_.signal();
        throw;
    }
    hands_over_ = false;
    if (left_.empty()) return;
    harvest_left();
    if (!left_.empty()) wake_.signal(); // which tries again
    publish(lock);
    tell_io_thread();
}

process_engine::open_inbox::open_inbox(process_engine& engine) noexcept
    : engine_(engine), is_outer_(!engine.inbox_.is_open() && engine.dispatcher_->accepting()) {
    if (is_outer_) engine_.inbox_.open();
}

process_engine::open_inbox::~open_inbox() {
    if (is_outer_) engine_.take_left(engine_.inbox_.close());
}

/// False, and nothing happened, where the lock is free, or soon will be.
bool process_engine::leave_in_inbox(item_ref& item) noexcept {
    if (options_.max_pending != 0 || options_.max_pending_bytes != 0) return false;
    work_item* left = item_ref::share(item.get()).detach();
    if (inbox_.push(*left)) return true;
    left->release();
    return false;
}

/// Under the lock.
void process_engine::take_left(task_entry* first) noexcept {
    while (first != nullptr) {
        auto item = item_ref::adopt(static_cast<work_item*>(std::exchange(first, first->next)));
        item->next = nullptr;
        if (!dispatcher_->accepting()) {
            drop(item); // it was shut down, or broke, meanwhile
            continue;
        }
        try {
            enqueue(item);
        } catch (const std::exception&) { // it is queued: what there was no memory for is tried again
            wake_.signal();
        }
    }
}

void process_engine::launch(item_ref& item) {
    std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) {
        if (leave_in_inbox(item)) return;
        lock_soon(lock);
    }
    if (!admit(item, lock)) return;
    if (!waiting_.empty() || !has_room(*item)) {
        if (callbacks_.is_here())
            throw queue_full("penstock: the bound on pending tasks is reached, and a callback cannot wait for room: it is "
                             "the thread that would make some; use try_submit or submit_async");
        changed_.wait(lock, [&] { return !dispatcher_->accepting() || (waiting_.empty() && has_room(*item)); });
        if (!admit(item, lock)) return;
    }
    hand_over(item, lock);
}

void process_engine::launch_pinned(item_ref& item) {
    std::unique_lock lock(mutex_);
    if (admit(item, lock)) enqueue(item);
}

bool process_engine::try_launch(item_ref& item) {
    std::unique_lock lock(mutex_);
    if (!admit(item, lock)) return true;
    if (!waiting_.empty() || !has_room(*item)) return false;
    hand_over(item, lock);
    return true;
}

bool process_engine::launch_later(item_ref& item, std::function<void()> resume) {
    std::unique_lock lock(mutex_);
    if (!admit(item, lock)) return false;
    if (waiting_.empty() && has_room(*item)) {
        enqueue(item);
        return false;
    }
    waiting_.push_back({item_ref::share(item.get()), std::move(resume)});
    return true;
}

/// Under the lock: there may be room again, or none ever.
void process_engine::launch_waiting() {
    while (!waiting_.empty() && (!dispatcher_->accepting() || has_room(*waiting_.front().item))) {
        waiting_launch next = std::move(waiting_.front());
        waiting_.pop_front();
        if (dispatcher_->accepting()) enqueue(next.item);
        else drop(next.item);
        callbacks_.post(std::move(next.resume));
    }
}

/// Under the lock: it will not run any more.
void process_engine::drop(item_ref& item) {
    item->set_error(abandoned(*item));
    ++open_;
    open_bytes_ += item->length();
    resolve(*item.detach());
}

} // namespace penstock::pool

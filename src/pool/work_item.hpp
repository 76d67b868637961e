// SPDX-License-Identifier: MIT
// One task of a process pool in one allocation: the state behind its future, the dispatcher's entry, the encoded
// arguments (in the tail of the node when they are small) and, once it is done, the encoded result.
//
// Threads: fields of the entry and `arguments` belong to the engine's lock; the outcome is written by the thread that
// publishes, before it publishes, and read by the future afterwards. Life: counted; the engine holds one reference until
// it has published.
#pragma once

#include "pool/task_entry.hpp"
#include "wire/frame.hpp"

#include <penstock/detail/call.hpp>
#include <penstock/detail/shared_state.hpp>
#include <penstock/pool_options.hpp>

#include <exception>
#include <memory>
#include <string>

namespace penstock::pool {

/// What a task needs of its pool, which may be gone before the future is.
class task_owner : public detail::callback_home {
public:
    virtual bool cancel(class work_item& item, bool force) = 0;
    /// Spends a moment on getting it done; true when it is.
    virtual bool help(class work_item& item) = 0;
    /// Sleeps until it is ready; false where that is not possible here.
    virtual bool await(class work_item& item) = 0;
    /// False in a child that the program forked: nobody completes anything there.
    virtual bool is_ours() const noexcept = 0;
};

class work_item final : public detail::shared_state, public task_entry {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// The caller holds the first reference.
    static work_item* make(detail::encoded_call&& call, std::uint32_t callable, detail::decode_function* decode,
                           const task_options& options, std::shared_ptr<task_owner> owner);

    // What goes to the worker.
    std::uint32_t callable() const noexcept { return callable_; }
    std::uint64_t length() const noexcept { return length_; }
    std::span<const std::byte> flat() const noexcept;
    std::span<const detail::borrowed_piece> borrowed() const noexcept;

    // How it ends; exactly one of these, then finish().
    void set_answer(wire::frame_kind kind, pid_t worker, std::span<const std::byte> bytes);
    void set_answer(wire::frame_kind kind, pid_t worker, detail::byte_buffer bytes);
    void set_error(std::exception_ptr error) noexcept { error_ = std::move(error); }
    /// Makes the outcome visible and gives up the engine's reference.
    void finish() noexcept;

    const std::string& label() const noexcept;
    bool cancel(bool force) override { return owner_->cancel(*this, force); }
    bool step_aside() override;
    bool help() override { return owner_->help(*this); }
    bool await() override;
    using shared_state::sleep_beside;
    std::shared_ptr<detail::callback_home> home() const override { return owner_; }

    /// Remembers how an attempt ended. True when the task may be tried again, after `pause`.
    bool try_again(const std::string& how_it_ended, std::chrono::nanoseconds& pause);
    /// How earlier attempts ended; empty without a retry_policy.
    std::vector<std::string> attempts() const;
    bool has_damaged_pipe = false; // it wrote into its worker's result pipe

private:
    // Small ones first: they lie where the entry has room left.
    wire::frame_kind answer_ = wire::frame_kind::value;
    std::uint16_t tail_capacity_ = 0;
    std::uint16_t tail_size_ = 0;

public:
    time_point submitted_at{}; // or when another attempt was due
    time_point begun_at{};     // when it became the first of its worker

private:
    /// What few tasks have.
    struct extras {
        // Arguments too large for the tail.
        detail::byte_buffer flat;
        std::vector<detail::borrowed_piece> borrowed;
        std::unique_ptr<detail::held_values> held;

        std::string label;
        retry_policy retry;
        std::vector<std::string> attempts;

        detail::byte_buffer result; // too large for the tail
    };

    work_item(std::uint32_t callable, detail::decode_function* decode, std::shared_ptr<task_owner> owner) noexcept
        : decode_(decode), owner_(std::move(owner)), callable_(callable) {}
    ~work_item() override = default;
    void destroy() noexcept override;
    void take(void* slot) override;
    void run_callbacks(detail::callback* first) noexcept override { owner_->run_callbacks(*this, first); }
    bool has_failed() const noexcept override {
        return error_ ? detail::is_failure(error_) : answer_ != wire::frame_kind::value;
    }
    std::byte* tail() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
    const std::byte* tail() const noexcept { return reinterpret_cast<const std::byte*>(this + 1); }
    std::span<const std::byte> result() const noexcept;
    extras& more();

    detail::decode_function* decode_;
    std::shared_ptr<task_owner> owner_;
    std::unique_ptr<extras> extras_;
    std::exception_ptr error_;
    std::uint64_t length_ = 0;
    std::uint32_t callable_;
    pid_t worker_ = 0;
};

} // namespace penstock::pool

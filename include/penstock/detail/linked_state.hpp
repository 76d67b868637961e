// SPDX-License-Identifier: MIT
// The state of a future that no pool's task stands behind: other futures, or a coroutine, make it ready. This is the
// part that does not depend on types; value_state adds the value.
//
//   waiting --begin--> running --end--> ended        an input became ready, the function runs, its result is there
//   running --follow--> waiting                      the function gave a future: now that is the input
//   waiting --cancel--> ended                        it never runs
//   running --cancel(force)--> stopping --end--> ended
//
// Threads: whoever makes the step to `ended` stores the outcome and publishes it; all others find it done and leave it
// alone. Life: counted; the inputs hold one reference until they are ready.
#pragma once

#include <penstock/detail/shared_state.hpp>

#include <cstdint>
#include <vector>

namespace penstock::detail {

class linked_state : public shared_state {
public:
    using inputs = std::vector<state_ref<shared_state>>;

    /// Ends this with task_cancelled while it waits for its inputs, and cancels the inputs that are its alone. With force
    /// it ends so too when its function runs already: once that has returned.
    bool cancel(bool force) final;
    /// Helps with what it waits for, and so on to the first of the chain.
    bool help() override;
    bool step_aside() final;
    void step_back() noexcept final;
    std::shared_ptr<callback_home> home() const final { return home_; }
    state_ref<shared_state> input() noexcept final;

protected:
    enum class phase : std::uint8_t { waiting, running, stopping, ended };

    explicit linked_state(std::shared_ptr<callback_home> home, phase first = phase::waiting) noexcept
        : home_(std::move(home)), phase_(first) {}

    /// What cancel reaches only where this is its only consumer.
    void set_input(shared_state& state, bool owned = true) noexcept;
    /// False when it was cancelled. Forgets its input.
    bool begin() noexcept;
    /// Back to waiting, for another input, whose callback then calls begin() again. False when it is to stop.
    bool follow(shared_state& next) noexcept;
    /// Stores nothing but the exception, or nothing; then publishes. Requires begin().
    void end(std::exception_ptr error = nullptr) noexcept;
    /// Takes the step to the end of what may be ended by several; true for the first. finish() must follow.
    bool claim_end() noexcept;
    void finish(std::exception_ptr error = nullptr) noexcept;

    /// Frees the function and what it captured; called once, before anybody is told, by whoever ends it.
    virtual void drop_function() noexcept {}
    /// Frees a value that came too late.
    virtual void drop_value() noexcept {}
    /// Adds the inputs that are to be cancelled with it.
    virtual void collect(inputs& to_cancel);

    void rethrow_error();
    void run_callbacks(callback* first) noexcept final;
    bool has_failed() const noexcept final { return is_failure(error_); }
    void destroy() noexcept final { delete this; }

private:
    struct cancelling;

    linked_state* as_linked() noexcept final { return this; }
    bool give_up(bool force, cancelling& all);

    std::shared_ptr<callback_home> home_;
    state_ref<shared_state> input_; // guarded by the lock, as the next ones
    std::exception_ptr error_;      // but this one is whoever's who ends it
    phase phase_;
    bool owns_input_ = true;
};

} // namespace penstock::detail

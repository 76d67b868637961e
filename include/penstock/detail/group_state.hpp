// SPDX-License-Identifier: MIT
// The states of when_all and when_any: each input has a callback that counts, and the last one, or the first, completes
// the future. `Futures` is the vector or tuple that the caller gave away, and gets back.
#pragma once

#include <penstock/detail/value_state.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace penstock {

/// What when_any gives: the futures, and which of them was ready first; -1 where there are none.
template <class Futures>
struct when_any_result {
    std::size_t index = 0;
    Futures futures;
};

} // namespace penstock

namespace penstock::detail {

/// The part that does not depend on types.
class group_inputs {
public:
    struct input {
        state_ref<shared_state> state; // which a future of the group holds too
        bool owned = true;             // that future is the only one
    };
    using inputs = std::vector<input>;

    /// The callback of one input.
    struct arrival final : callback {
        void run(shared_state&) noexcept override { group->arrived(index); }
        group_inputs* group = nullptr;
        std::size_t index = 0;
    };

protected:
    explicit group_inputs(inputs all) : all_(std::move(all)), arrivals_(new arrival[all_.size()]) {}
    ~group_inputs() = default;
    /// Adds the callbacks. Every one of them calls arrived(), some perhaps before this returns.
    void watch();
    /// In a thread of a pool, runs those of its tasks among the inputs that have not begun.
    void help_inputs();
    /// The same of one, where nobody else would: else they run side by side.
    void help_one_input();
    void add_owned(std::vector<state_ref<shared_state>>& to_cancel) const;
    /// Gives up a reference to the state.
    virtual void arrived(std::size_t index) noexcept = 0;

    std::size_t size() const noexcept { return all_.size(); }

private:
    const inputs all_;
    const std::unique_ptr<arrival[]> arrivals_;
};

/// Where the first one's callbacks run.
std::shared_ptr<callback_home> home_of(const group_inputs::inputs& all);

/// T is what the future gives.
template <class T, class Futures>
class group_state : public value_state<T>, protected group_inputs {
public:
    group_state(Futures futures, group_inputs::inputs all)
        : value_state<T>(home_of(all)), group_inputs(std::move(all)), futures_(std::move(futures)) {}

    /// Once; the caller has a reference of its own.
    void start() {
        for (std::size_t i = 0; i != size(); ++i) this->retain();
        watch();
    }

protected:
    Futures futures_;

private:
    void collect(linked_state::inputs& to_cancel) override { add_owned(to_cancel); }
};

template <class Futures>
class all_state final : public group_state<Futures, Futures> {
public:
    all_state(Futures futures, group_inputs::inputs all)
        : group_state<Futures, Futures>(std::move(futures), std::move(all)), left_(this->size() + 1) {}
    void start() {
        group_state<Futures, Futures>::start();
        arrived_one(); // and there may have been none
    }

private:
    bool help() override {
        this->help_inputs();
        return this->ready();
    }
    void arrived(std::size_t) noexcept override {
        arrived_one();
        this->release();
    }
    void arrived_one() noexcept {
        if (left_.fetch_sub(1, std::memory_order_acq_rel) != 1 || !this->begin()) return;
        this->store(std::move(this->futures_));
        this->end();
    }

    std::atomic<std::size_t> left_;
};

template <class Futures>
class any_state final : public group_state<when_any_result<Futures>, Futures> {
    using base = group_state<when_any_result<Futures>, Futures>;

public:
    using base::base;
    void start() {
        if (this->size() == 0) complete(static_cast<std::size_t>(-1));
        else base::start();
    }

private:
    bool help() override {
        this->help_one_input();
        return this->ready();
    }
    void arrived(std::size_t index) noexcept override {
        complete(index);
        this->release();
    }
    void complete(std::size_t index) noexcept {
        if (!this->begin()) return;
        this->store(when_any_result<Futures>{index, std::move(this->futures_)});
        this->end();
    }
};

} // namespace penstock::detail

// SPDX-License-Identifier: MIT
#include <penstock/detail/linked_state.hpp>

#include <penstock/errors.hpp>

#include <string>
#include <utility>
#include <vector>

namespace penstock::detail {

namespace {

std::exception_ptr cancelled(const char* when) {
    return std::make_exception_ptr(task_cancelled(std::string("penstock: a future made from others was cancelled ") + when));
}

/// The state that all of these wait for, each for the next; empty when the first waits for none, or for several.
state_ref<shared_state> end_of_chain(shared_state& first) noexcept {
    state_ref<shared_state> last;
    for (auto next = first.input(); next; next = last->input()) last = std::move(next);
    return last;
}

} // namespace

/// What one cancel reaches. Not recursive: a chain may be long.
struct linked_state::cancelling {
    inputs left;                                // to be cancelled
    std::vector<state_ref<linked_state>> ended; // to be published, the first of a chain last
};

bool linked_state::cancel(bool force) {
    cancelling all;
    const bool stopped = give_up(force, all);
    while (!all.left.empty()) {
        const auto next = std::move(all.left.back());
        all.left.pop_back();
        if (linked_state* linked = next->as_linked()) linked->give_up(force, all);
        else next->cancel(force);
    }
    for (; !all.ended.empty(); all.ended.pop_back()) all.ended.back()->finish(cancelled("before it was ready"));
    return stopped;
}

bool linked_state::give_up(bool force, cancelling& all) {
    all.ended.push_back(state_ref<linked_state>::share(this)); // what may throw comes first
    lock();
    const phase seen = phase_;
    if (seen == phase::waiting) phase_ = phase::ended;
    if (seen == phase::running && force) phase_ = phase::stopping;
    unlock();
    if (seen == phase::waiting) collect(all.left);
    else all.ended.pop_back();
    return seen == phase::waiting || (force && seen != phase::ended);
}

void linked_state::collect(inputs& to_cancel) {
    lock();
    auto only = std::exchange(input_, {});
    unlock();
    if (only && owns_input_) to_cancel.push_back(std::move(only));
}

bool linked_state::help() {
    std::vector<state_ref<shared_state>> path; // to what has to end first; a chain may be long
    path.push_back(state_ref<shared_state>::share(this));
    while (!ready()) {
        for (auto next = path.back()->input(); next && !next->ready(); next = path.back()->input())
            path.push_back(std::move(next));
        if (path.size() == 1 || !path.back()->help()) break;
        run_deferred_callbacks(); // of those in between
        while (path.size() != 1 && path.back()->ready()) path.pop_back();
    }
    return ready();
}

bool linked_state::step_aside() {
    if (const auto last = end_of_chain(*this)) // it may say that nobody will ever complete it here
        if (last->step_aside()) last->step_back();
    pool_thread* here = pool_thread::current();
    return here != nullptr && here->lend();
}

void linked_state::step_back() noexcept { pool_thread::current()->take_back(); }

state_ref<shared_state> linked_state::input() noexcept {
    state_ref<shared_state> copy;
    lock();
    if (input_) copy = state_ref<shared_state>::share(input_.get());
    unlock();
    return copy;
}

void linked_state::set_input(shared_state& state, bool owned) noexcept {
    input_ = state_ref<shared_state>::share(&state);
    owns_input_ = owned;
}

bool linked_state::begin() noexcept {
    state_ref<shared_state> done;
    lock();
    const bool begins = phase_ == phase::waiting;
    if (begins) {
        phase_ = phase::running;
        done = std::exchange(input_, {});
    }
    unlock();
    return begins;
}

bool linked_state::follow(shared_state& next) noexcept {
    auto ref = state_ref<shared_state>::share(&next);
    lock();
    const bool follows = phase_ == phase::running;
    if (follows) {
        phase_ = phase::waiting;
        owns_input_ = true;
        std::swap(input_, ref);
    }
    unlock();
    return follows;
}

void linked_state::end(std::exception_ptr error) noexcept {
    lock();
    const bool stopped = std::exchange(phase_, phase::ended) == phase::stopping;
    unlock();
    if (stopped) {
        drop_value();
        error = cancelled("while its function ran");
    }
    finish(std::move(error));
}

bool linked_state::claim_end() noexcept {
    lock();
    const bool first = std::exchange(phase_, phase::ended) != phase::ended;
    unlock();
    return first;
}

void linked_state::finish(std::exception_ptr error) noexcept {
    error_ = std::move(error);
    drop_function();
    publish();
}

void linked_state::rethrow_error() {
    if (error_ != nullptr) std::rethrow_exception(std::exchange(error_, nullptr));
}

void linked_state::run_callbacks(callback* first) noexcept {
    if (home_) home_->run_callbacks(*this, first);
    else run_callbacks_here(first, *this);
}

} // namespace penstock::detail

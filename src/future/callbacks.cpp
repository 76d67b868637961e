// SPDX-License-Identifier: MIT
// How the callbacks of a state run in a thread: nested a little, as they come, and beyond that one after another.
#include <penstock/detail/shared_state.hpp>

#include <exception>
#include <new>

namespace penstock::detail {

namespace {

/// So many lists of callbacks may run inside each other. A chain of 10,000 futures whose first becomes ready would else
/// need the stack for 10,000.
constexpr std::size_t deepest_nesting = 16;

struct deferred_list {
    state_ref<shared_state> state;
    callback* first;
    deferred_list* next = nullptr;
};

struct nesting {
    std::size_t depth = 0;
    deferred_list* first = nullptr; // what was put off, oldest first
    deferred_list* last = nullptr;
};
thread_local nesting here;

bool defer(callback* first, shared_state& state) noexcept {
    auto* added = new (std::nothrow) deferred_list{state_ref<shared_state>::share(&state), first};
    if (added == nullptr) return false;
    (here.first == nullptr ? here.first : here.last->next) = added;
    here.last = added;
    return true;
}

void run_all(callback* first, shared_state& state) noexcept {
    ++here.depth;
    while (first != nullptr) {
        callback* next = first->next;
        first->run(state);
        first = next;
    }
    --here.depth;
}

} // namespace

void run_callbacks_here(callback* first, shared_state& state) noexcept {
    if (here.depth >= deepest_nesting && defer(first, state)) return;
    const auto alive = state_ref<shared_state>::share(&state);
    run_all(first, state);
    if (here.depth == 0) run_deferred_callbacks();
}

void run_deferred_callbacks() noexcept {
    while (here.first != nullptr) {
        const std::unique_ptr<deferred_list> next(std::exchange(here.first, here.first->next));
        run_all(next->first, *next->state);
    }
}

pool_thread*& pool_thread::current() noexcept {
    static thread_local pool_thread* known = nullptr;
    return known;
}

} // namespace penstock::detail

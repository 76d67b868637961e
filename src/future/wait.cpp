// SPDX-License-Identifier: MIT
#include <penstock/wait.hpp>

#include <algorithm>

namespace penstock::detail {

namespace {

wait_result sorted(const std::vector<shared_state*>& states) {
    wait_result result;
    for (std::size_t i = 0; i != states.size(); ++i) (states[i]->ready() ? result.done : result.not_done).push_back(i);
    return result;
}

bool is_enough(const shared_state& ready, wait_until condition) noexcept {
    return condition == wait_until::first_completed || (condition == wait_until::first_exception && ready.failed());
}

} // namespace

wait_result wait_for_states(const std::vector<shared_state*>& states, wait_until condition,
                            completion_queue::clock::time_point limit, std::size_t* visits) {
    std::vector<shared_state*> unready;
    for (shared_state* each : states) {
        if (!each->ready()) unready.push_back(each);
        else if (is_enough(*each, condition)) return sorted(states);
    }
    completion_queue arrivals;
    for (shared_state* each : unready) arrivals.watch(*each);
    while (arrivals.reported() != arrivals.watched()) {
        const auto place = arrivals.next_until(limit);
        if (!place || is_enough(*unready[*place], condition)) break;
    }
    if (visits != nullptr) *visits = 2 * states.size() + arrivals.reported() + arrivals.visits(); // here, and there
    return sorted(states);
}

} // namespace penstock::detail

// SPDX-License-Identifier: MIT
#include <penstock/detail/group_state.hpp>

namespace penstock::detail {

std::shared_ptr<callback_home> home_of(const group_inputs::inputs& all) {
    return all.empty() ? nullptr : all.front().state->home();
}

void group_inputs::watch() {
    for (std::size_t i = 0; i != all_.size(); ++i) {
        arrivals_[i].group = this;
        arrivals_[i].index = i;
        all_[i].state->add_callback(&arrivals_[i]);
    }
}

void group_inputs::help_inputs() {
    if (pool_thread::current() == nullptr) return;
    for (const input& each : all_) {
        if (!each.state->ready()) each.state->help();
        run_deferred_callbacks();
    }
}

void group_inputs::help_one_input() {
    pool_thread* const here = pool_thread::current();
    if (here == nullptr || !here->is_alone()) return;
    for (const input& each : all_)
        if (!each.state->ready() && each.state->help()) return run_deferred_callbacks();
}

void group_inputs::add_owned(std::vector<state_ref<shared_state>>& to_cancel) const {
    for (const input& each : all_)
        if (each.owned) to_cancel.push_back(state_ref<shared_state>::share(each.state.get()));
}

} // namespace penstock::detail

// SPDX-License-Identifier: MIT
#include "plan.hpp"

#include "text.hpp"
#include "usage_error.hpp"

#include <algorithm>

namespace compare {
using namespace example_common;

plan make_plan(const run_options& options, unsigned usable_cpus) {
    plan all;
    std::vector<unsigned> cpus;
    for (const unsigned count : options.cpus)
        (count <= usable_cpus ? cpus : all.missing_cpus).push_back(count);
    if (cpus.empty()) {
        throw usage_error("--cpus: this program may use " + plural(usable_cpus, "CPU", "CPUs") +
                          " here, which leaves nothing to measure");
    }
    if (contains(options.modes, mode::sequential)) {
        all.settings.push_back({mode::sequential, *std::max_element(cpus.begin(), cpus.end()), 1});
    }
    for (const mode how : {mode::threads, mode::processes}) {
        if (!contains(options.modes, how)) continue;
        for (const unsigned count : cpus) {
            for (const unsigned workers : options.workers) all.settings.push_back({how, count, workers});
        }
    }
    return all;
}

std::vector<setting> in_order_of(const plan& all, unsigned repetition) {
    std::vector<setting> order = all.settings;
    if (repetition % 2 == 0) std::reverse(order.begin(), order.end());
    return order;
}

bool contains(const std::vector<mode>& modes, mode how) {
    return std::find(modes.begin(), modes.end(), how) != modes.end();
}

}  // namespace compare

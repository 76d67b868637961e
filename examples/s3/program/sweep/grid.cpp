// SPDX-License-Identifier: MIT
#include "program/sweep/grid.hpp"

namespace s3_program {

std::vector<sweep_cell> cells_of(const sweep_grid& grid) {
    std::vector<sweep_cell> cells;
    for (const unsigned cpus : grid.cpus) {
        for (const unsigned workers : grid.workers) {
            for (const mode how : grid.modes) {
                const bool first = workers == grid.workers.front();
                if (how == mode::sequential && first) cells.push_back({how, cpus, 1});
                if (how != mode::sequential) cells.push_back({how, cpus, workers});
            }
        }
    }
    return cells;
}

unsigned connections_of(const sweep_cell& where, unsigned concurrency) {
    if (where.how == mode::sequential) return 1;
    return where.how == mode::process_async ? where.workers * concurrency : where.workers;
}

}  // namespace s3_program

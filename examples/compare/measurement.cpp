// SPDX-License-Identifier: MIT
#include "measurement.hpp"

#include "text.hpp"

namespace compare {
using namespace example_common;

std::string text_of(const setting& where) {
    if (where.how == mode::sequential) return "sequential";
    return std::string(word_of(where.how)) + ", " + plural(where.workers, "worker", "workers") + ", " +
           plural(where.cpus, "CPU", "CPUs");
}

}  // namespace compare

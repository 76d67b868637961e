// SPDX-License-Identifier: MIT
// The choice at run time: one function, and the program decides whether its tasks run here, in threads or in processes.
#include <penstock/penstock.hpp>

#include <iostream>
#include <string>
#include <vector>

int length(std::string_view word) { return static_cast<int>(word.size()); }

int total_length(penstock::any_pool& pool, const std::vector<std::string>& words) {
    int total = 0;
    for (const int n : pool.map(length, words)) total += n;
    return total;
}

// The same for code that knows its pool when it is compiled: any of them, any_pool included.
template <penstock::task_pool Pool>
int longest_first(Pool& pool) {
    auto longest = pool.submit({.priority = penstock::task_priority::high}, length, "longest");
    return longest.get();
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    for (const char* word : {"sequential", "threads", "processes"}) { // as if from the command line
        penstock::any_pool pool = penstock::make_pool(penstock::pool_kind_of(word).value(), {.workers = 2});
        std::cout << name_of(pool.kind()) << ": " << total_length(pool, {"one", "three"}) << ' ' << longest_first(pool)
                  << '\n';
    }
    penstock::inline_pool here;
    std::cout << "inline: " << longest_first(here) << '\n';
}

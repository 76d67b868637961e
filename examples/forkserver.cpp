// SPDX-License-Identifier: MIT
// forkserver: workers are forked from one process, the zygote, which has run `preload`. What preload made is theirs at
// once, in memory that they share until they write to it. The initializer runs in every worker after that.
#include <penstock/penstock.hpp>

#include <iostream>
#include <vector>

std::vector<int> table;  // made in the zygote
int preloaded_by = 0;    // the number of times preload ran on the way to this process
int initialized_by = 0;

void load_table(int size) {
    for (int i = 0; i != size; ++i) table.push_back(i * i);
    ++preloaded_by;
}
void greet() { ++initialized_by; }

int look_up(int i) { return table.at(static_cast<std::size_t>(i)); }
bool each_ran_once() { return preloaded_by == 1 && initialized_by == 1; }

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 3,
                                 .start = penstock::start_method::forkserver,
                                 .preload = penstock::call(load_table, 1000),
                                 .initializer = penstock::call(greet)}};
    std::cout << "31 squared is " << pool.submit(look_up, 31).get() << '\n';
    for (auto& answer : pool.broadcast(each_ran_once))
        std::cout << (answer.get() ? "preload and initializer ran once here\n" : "something is wrong\n");
    std::cout << "the table of this process has " << table.size() << " entries\n";
}

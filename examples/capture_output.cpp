// SPDX-License-Identifier: MIT
// output: what workers print goes where this process prints, to nowhere, or to a function line by line, with the label
// of the task that printed it. The limit bounds what is kept of each task.
#include <penstock/penstock.hpp>

#include <cstdio>
#include <iostream>

void show(const penstock::captured_line& line) {
    std::cout << "[" << line.task_label << "] " << line.text << '\n';
}

void chatter(int lines) {
    for (int i = 1; i <= lines; ++i) std::printf("line %d\n", i);
    std::printf("the end");  // without a newline: the line ends with the task
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{
        {.workers = 1, .output = {.mode = penstock::output_mode::capture, .on_line = show, .limit = 64}}};
    static_cast<void>(pool.submit({.label = "quiet"}, chatter, 2));
    static_cast<void>(pool.submit({.label = "loud"}, chatter, 100));
}  // all lines have arrived when the pool is gone

// SPDX-License-Identifier: MIT
// cancel: a task that waits for its turn can be taken back; then it never runs. One that runs, runs on.
#include <penstock/penstock.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

/// Returns what somebody writes to the named pipe; opening it waits until the other side opens it too.
std::string wait_at(const std::filesystem::path& gate) {
    std::string line;
    std::getline(std::ifstream(gate), line);
    return line;
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    const auto name = "penstock-cancel-" + std::to_string(getpid());
    const auto gate = std::filesystem::temp_directory_path() / name;
    if (mkfifo(gate.c_str(), 0600) != 0) return std::perror("mkfifo"), 1;

    penstock::process_pool pool{{.workers = 1}};
    auto first = pool.submit(wait_at, gate);
    auto second = pool.submit(wait_at, gate);
    std::ofstream open_gate(gate);  // from here on the first task runs, and the only worker is busy
    std::filesystem::remove(gate);

    std::cout << std::boolalpha << "first cancelled: " << first.cancel() << '\n';
    std::cout << "second cancelled: " << second.cancel() << '\n';
    open_gate << "the first ran to its end" << std::endl;
    std::cout << first.get() << '\n';
    try {
        second.get();
    } catch (const penstock::task_cancelled&) {
        std::cout << "the second never ran\n";
    }
}

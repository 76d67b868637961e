// SPDX-License-Identifier: MIT
// retry: another attempt for a task that lost its worker or its race with a deadline. Ask for it only where running
// twice does no harm. What a task throws is an answer, and is never retried.
#include <penstock/penstock.hpp>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

/// Takes its process down when it runs for the first time.
std::string fetch(const std::filesystem::path& been_here) {
    if (!std::filesystem::exists(been_here)) {
        std::ofstream{been_here};
        std::raise(SIGKILL);
    }
    return "fetched";
}
int always_dies() { return std::raise(SIGKILL); }
int throws() { throw std::runtime_error("no such page"); }

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2}};
    const penstock::retry_policy twice{.max_attempts = 2, .backoff = std::chrono::milliseconds(10)};
    const auto name = "penstock-retry-" + std::to_string(getpid());
    const auto been_here = std::filesystem::temp_directory_path() / name;

    std::cout << pool.submit({.retry = twice}, fetch, been_here).get() << '\n';
    std::filesystem::remove(been_here);
    try {
        pool.submit({.retry = twice}, always_dies).get();
    } catch (const penstock::worker_died& e) {
        std::cout << "lost after " << e.attempts().size() << " attempts\n";  // how each ended, oldest first
    }
    try {
        pool.submit({.retry = twice}, throws).get();
    } catch (const std::runtime_error& e) {
        std::cout << e.what() << '\n';
    }
}

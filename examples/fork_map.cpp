// SPDX-License-Identifier: MIT
// fork_map: a process for each call, closures as they are, results in order. For programs that have no threads yet; there
// is no init, as the processes are copies of this one.
#include <penstock/fork_map.hpp>

#include <csignal>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

int main() {
    const std::vector<std::string> names{"ada", "grace", "edsger"};
    const std::string greeting = "hello, ";  // captured by reference: the copy has it too

    for (const std::string& line : penstock::fork_map([&](const std::string& name) { return greeting + name; }, names))
        std::cout << line << '\n';

    const auto risky = [](int i) {
        if (i == 1) throw std::out_of_range("there is no item 1");
        if (i == 2) std::raise(SIGKILL);
        return std::string(1'000'000, 'x');  // of any size
    };
    const penstock::fork_map_options options{.max_workers = 2, .timeout = std::chrono::seconds(30)};
    for (auto& end : penstock::fork_map_outcomes(options, risky, std::vector{0, 1, 2})) {
        try {
            std::cout << end.value().size() << " characters\n";
        } catch (const std::out_of_range& e) {
            std::cout << "out of range: " << e.what() << '\n';
        } catch (const penstock::worker_died& e) {
            std::cout << "killed by signal " << e.signal() << '\n';
        }
    }
}

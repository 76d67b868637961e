// SPDX-License-Identifier: MIT
// Linked with penstock::traces, a program learns where its tasks throw.
#include <penstock/penstock.hpp>

#include <iostream>
#include <stdexcept>

int answer() { throw std::runtime_error("42"); }

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 1, .traces = true}};
    try {
        return pool.submit(answer).get();
    } catch (const std::runtime_error& e) {
        const auto* info = dynamic_cast<const penstock::remote_info*>(&e);
        if (info == nullptr || info->trace.find("answer") == std::string::npos) return 1;
        std::cout << "with_traces: " << e.what() << '\n';
    }
}

// SPDX-License-Identifier: MIT
// A program that forgot init and builds a pool: without_init FILE. Every run of it leaves a byte in FILE.
#include <penstock/process_pool.hpp>

#include <cstdio>

int main(int argc, char** argv) {
    if (std::FILE* file = argc > 1 ? std::fopen(argv[1], "a") : nullptr) {
        std::fputc('x', file);
        std::fclose(file);
    }
    penstock::process_pool pool{{.workers = 4}};
}

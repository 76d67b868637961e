// SPDX-License-Identifier: MIT
// The point of the library: a task may take its process down, and nothing else goes with it. Its own future
// says what happened, the tasks queued behind it run elsewhere, and a new worker takes the place.
#include <penstock/penstock.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

int render(int tile) {
    if (tile == 5) std::raise(SIGKILL);  // as the kernel does when memory runs out
    if (tile == 11) std::_Exit(3);       // as a library does that knows no better
    return tile;
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2}};

    std::vector<penstock::future<int>> tiles;
    for (int tile = 0; tile != 16; ++tile)
        tiles.push_back(pool.submit({.label = "tile " + std::to_string(tile)}, render, tile));

    int rendered = 0;
    for (auto& tile : tiles) {
        try {
            tile.get();
            ++rendered;
        } catch (const penstock::worker_died& e) {
            std::cout << e.label() << ": signal " << e.signal() << ", exit status " << e.exit_status()
                      << '\n';
            std::cerr << e.what() << '\n';  // with the process id and, where there is one, a hint
        }
    }
    std::cout << rendered << " of 16 tiles, and the next one is " << pool.submit(render, 16).get() << '\n';
}

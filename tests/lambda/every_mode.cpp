// SPDX-License-Identifier: MIT
// Everything that makes processes or threads, once: fork_map, process pools that start and feed their workers in every
// way, a thread pool. For tests that watch what the kernel is asked for, or that run it where little is allowed. Prints
// a line for each.
#include <penstock/penstock.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

namespace {

int twice(int x) { return 2 * x; }
std::string echo(std::string text) { return text; }
int die(int) { return std::raise(SIGKILL); }

void require(bool holds, const char* what) {
    if (holds) return;
    std::cerr << "not so: " << what << '\n';
    std::exit(1);
}

const std::vector<int>& numbers() {
    static const std::vector<int> all = [] {
        std::vector<int> made(200);
        std::iota(made.begin(), made.end(), 0);
        return made;
    }();
    return all;
}

template <class Pool>
void use(Pool& pool) {
    long sum = 0;
    for (const int x : pool.map(twice, numbers())) sum += x;
    require(sum == 39'800, "the sum of a map");
    const std::string large(1'000'000, 'x');
    require(pool.submit(echo, large).get() == large, "a large argument comes back");
}

void use_processes(const char* name, const penstock::pool_options& options) {
    penstock::process_pool pool{options};
    use(pool);
    try {
        pool.submit(die, 0).get();
        require(false, "a worker that dies is noticed");
    } catch (const penstock::worker_died&) {
    }
    use(pool);
    std::cout << name << std::endl;
}

} // namespace

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    const auto lines = penstock::fork_map([](int x) { return std::string(100'000, static_cast<char>('a' + x % 26)); },
                                          std::vector<int>{0, 1, 2});
    require(lines[2] == std::string(100'000, 'c'), "the results of fork_map");
    std::cout << "fork_map" << std::endl;

    using penstock::batching;
    using penstock::start_method;
    use_processes("spawn", {.workers = 2});
    use_processes("spawn, one by one", {.workers = 2, .batches = batching::never});
    use_processes("forkserver", {.workers = 2, .start = start_method::forkserver});
    use_processes("forkserver, one by one", {.workers = 2, .start = start_method::forkserver, .batches = batching::never});
    use_processes("captured output", {.workers = 2, .output = {.mode = penstock::output_mode::capture, .on_line = [](const penstock::captured_line&) {}}});

    penstock::thread_pool threads{{.workers = 2}};
    use(threads);
    std::cout << "threads" << std::endl;
}

// SPDX-License-Identifier: MIT
// max_pending: a bound on what was submitted and is not done. submit waits for room, try_submit says that there is none,
// and a coroutine waits with submit_async without holding a thread up.
#include <penstock/penstock.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <coroutine>
#include <exception>
#include <filesystem>
#include <fstream>
#include <future>
#include <iostream>
#include <string>

int square(int n) { return n * n; }
/// Holds its worker up until somebody opens the named pipe for writing.
void wait_at(const std::filesystem::path& gate) { std::ifstream{gate}; }

/// A coroutine that nobody waits for; see <coroutine>.
struct detached {
    struct promise_type {
        detached get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};
detached squares_of(penstock::process_pool& pool, std::promise<int>& sum) {
    int total = 0;
    for (int n = 1; n != 4; ++n) total += (co_await pool.submit_async(square, n)).get();
    sum.set_value(total);
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    const auto gate = std::filesystem::temp_directory_path() / ("penstock-room-" + std::to_string(getpid()));
    if (mkfifo(gate.c_str(), 0600) != 0) return 1;
    penstock::process_pool pool{{.workers = 1, .max_pending = 2}};

    auto first = pool.submit(wait_at, gate);
    auto second = pool.submit(square, 5);
    std::cout << "room for a third: " << (pool.try_submit(square, 6) ? "yes\n" : "no\n");

    std::promise<int> sum;
    squares_of(pool, sum);  // comes back at once: there is no room
    std::ofstream{gate};    // the first task ends
    std::cout << "sum of squares: " << sum.get_future().get() << ", and " << second.get() << '\n';
    first.get();
    std::filesystem::remove(gate);
}

// SPDX-License-Identifier: MIT
// async_submit: tasks as asynchronous operations of Asio, here standalone Asio; include a header of Boost.Asio before for
// the other one. What io.run() does is never held up by a task.
#include <asio/awaitable.hpp>
#include <asio/bind_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/use_future.hpp>

#include <penstock/asio.hpp>
#include <penstock/penstock.hpp>

#include <iostream>
#include <stdexcept>

int square(int n) { return n < 0 ? throw std::out_of_range("negative") : n * n; }

asio::awaitable<void> work(penstock::process_pool& pool) {
    std::cout << "awaited " << co_await penstock::async_submit(pool, square, 3, asio::use_awaitable) << '\n';
    try {
        co_await penstock::async_submit(pool, square, -1, asio::use_awaitable);
    } catch (const std::out_of_range& error) {
        std::cout << "failed: " << error.what() << '\n';
    }
}

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    penstock::process_pool pool{{.workers = 2}};
    asio::io_context io;
    asio::co_spawn(io, work(pool), asio::detached);
    io.run();  // has work until the task is done

    auto future = penstock::async_submit(pool, square, 4, asio::use_future);
    std::cout << "std::future " << future.get() << '\n';

    penstock::async_submit(pool, square, 5, asio::bind_executor(io, [](std::exception_ptr error, int result) {
                               if (!error) std::cout << "called with " << result << '\n';
                           }));
    io.restart();
    io.run();
}

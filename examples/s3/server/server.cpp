// SPDX-License-Identifier: MIT
// One acceptor gives its connections to the threads in turn. Each thread has an io_context of its own, so that a
// connection is served by one thread from beginning to end and needs no lock.
#include "server/server.hpp"

#include "server/connection.hpp"
#include "server/made_bytes.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <system_error>
#include <thread>
#include <vector>

namespace s3_server {

namespace asio = boost::asio;
using asio::ip::tcp;

class server::engine {
public:
    explicit engine(server_options wanted);
    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    service serves;
    std::uint16_t port = 0;

private:
    void listen();
    void run_threads();
    void accept();
    void accepted(boost::system::error_code error, tcp::socket socket);

    std::vector<std::unique_ptr<asio::io_context>> contexts_;
    std::optional<tcp::acceptor> acceptor_;
    std::optional<asio::steady_timer> pause_;
    std::size_t turn_ = 0;
    std::vector<std::thread> threads_;
};

server::engine::engine(server_options wanted) : serves(std::move(wanted)) {
    (void)made_block();  // Here and not in the first request.
    for (unsigned i = 0; i < std::max(serves.settings().threads, 1U); ++i) {
        contexts_.push_back(std::make_unique<asio::io_context>(1));
    }
    listen();
    accept();
    run_threads();
}

// Connections are cut as their context goes, whatever they were doing. The first context goes first: it may hold
// sockets that belong to the others and were not handed over yet.
server::engine::~engine() {
    for (auto& context : contexts_) context->stop();
    for (auto& thread : threads_) thread.join();
    pause_.reset();
    acceptor_.reset();
    for (auto& context : contexts_) context.reset();
}

void server::engine::listen() try {
    acceptor_.emplace(*contexts_.front());
    acceptor_->open(tcp::v4());
    acceptor_->set_option(tcp::acceptor::reuse_address(true));
    acceptor_->bind({asio::ip::address_v4::loopback(), serves.settings().port});
    acceptor_->listen(4096);
    port = acceptor_->local_endpoint().port();
    pause_.emplace(*contexts_.front());
} catch (const boost::system::system_error& error) {
    throw std::system_error(error.code().value(), std::system_category(),
                            "port " + std::to_string(serves.settings().port) + " of 127.0.0.1 cannot be had");
}

void server::engine::run_threads() {
    for (auto& context : contexts_) {
        threads_.emplace_back([&context = *context] {
            const auto work = asio::make_work_guard(context);
            context.run();
        });
    }
}

void server::engine::accept() {
    auto& context = *contexts_[turn_++ % contexts_.size()];
    acceptor_->async_accept(context, [this](boost::system::error_code error, tcp::socket socket) {
        accepted(error, std::move(socket));
    });
}

// Out of descriptors: the connections that wait are accepted when some are free again.
void server::engine::accepted(boost::system::error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (error) {
        pause_->expires_after(std::chrono::milliseconds{10});
        return pause_->async_wait([this](boost::system::error_code stopped) {
            if (!stopped) accept();
        });
    }
    const auto fresh = std::make_shared<connection>(std::move(socket), serves);
    fresh->start();
    accept();
}

server::server(server_options wanted) : engine_(std::make_unique<engine>(std::move(wanted))) {}
server::~server() = default;

std::uint16_t server::port() const { return engine_->port; }
std::string server::endpoint() const { return "http://127.0.0.1:" + std::to_string(engine_->port); }
statistics server::stats() const { return engine_->serves.stats(); }
void server::add_fault(std::string_view spec) { engine_->serves.add_fault(spec); }
void server::expire_tokens() { engine_->serves.expire_tokens(); }

}  // namespace s3_server

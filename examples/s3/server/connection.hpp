// SPDX-License-Identifier: MIT
// One client's connection: reads a request, waits the latency, sends the answer, and so on until one side closes. Runs
// in the one thread of its io_context; its own pending operation keeps it alive.
//
//     read head -> [100 Continue] -> read body -> handle -> [wait] -> send pieces -> read head ...
//                                                                  \-> [stall, then on] / cut, reset, close
#pragma once

#include "server/service.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace s3_server {

class connection : public std::enable_shared_from_this<connection> {
public:
    connection(boost::asio::ip::tcp::socket socket, service& serves);
    ~connection();
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    void start();  // From any thread, once.

private:
    using error_code = boost::system::error_code;
    using parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

    void read_head();
    void head_arrived(error_code error);
    void promise_to_read();
    void read_body();
    void refuse_to_read();
    void request_arrived();
    void take_request();
    void prepare();
    void wait_and_send(std::chrono::steady_clock::duration pause);
    void send();
    void gather(std::uint64_t up_to);
    void gather_object(std::uint64_t at, std::uint64_t up_to);
    void sent(error_code error, std::size_t size);
    void all_sent();
    void cut(bool reset);

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    service& service_;
    boost::beast::flat_buffer buffer_;
    std::optional<parser> parser_;
    bool keep_alive_ = true;
    request request_;
    answer answer_;
    std::string head_;
    std::vector<boost::asio::const_buffer> pieces_;
    std::uint64_t sent_ = 0;                 // Of head and body together.
    std::uint64_t end_ = 0;                  // Where sending ends: before the real end when a fault cuts it.
    std::optional<std::uint64_t> stall_at_;  // Sending pauses there once.
};

}  // namespace s3_server

// SPDX-License-Identifier: MIT
// One thread accepts, one serves each connection: a runtime has one or two, and `next` is simply a call that takes long.
#include "local/runtime_api.hpp"

#include "local/runtime_state.hpp"

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <list>
#include <string_view>
#include <system_error>
#include <thread>

namespace lambda_local {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using request = http::request<http::string_body>;
using response = http::response<http::string_body>;

constexpr std::uint64_t most_body = 64U << 20U;
constexpr std::string_view base = "/2018-06-01/runtime/";
constexpr const char* error_type_header = "Lambda-Runtime-Function-Error-Type";

std::string text(boost::beast::string_view view) { return {view.data(), view.size()}; }

std::string milliseconds_of(std::chrono::system_clock::time_point time) {
    return std::to_string(
        std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

answer answer_in(request& from, bool failed) {
    return {failed, std::move(from.body()), text(from[error_type_header])};
}

reply dispatch(runtime_state& state, request& from) {
    std::string_view path(from.target().data(), from.target().size());
    const reply unknown{404, R"({"errorMessage":"there is no such resource","errorType":"NotFound"})"};
    if (!path.starts_with(base)) return unknown;
    path.remove_prefix(base.size());
    if (path == "invocation/next") return from.method() == http::verb::get ? state.next() : unknown;
    if (from.method() != http::verb::post) return unknown;
    if (path == "init/error") return state.take_init_error(answer_in(from, true));
    constexpr std::string_view invocation = "invocation/";
    const auto slash = path.rfind('/');
    if (!path.starts_with(invocation) || slash < invocation.size()) return unknown;
    const std::string id(path.substr(invocation.size(), slash - invocation.size()));
    const std::string_view what = path.substr(slash + 1);
    if (what != "response" && what != "error") return unknown;
    const bool failed = what == "error";
    return state.take_answer(id, answer_in(from, failed));
}

response made(const reply& from, const request& asked) {
    response result(static_cast<http::status>(from.status), asked.version());
    result.set(http::field::content_type, "application/json");
    result.body() = from.body;
    if (from.next) {
        result.body() = from.next->payload;
        result.set("Lambda-Runtime-Aws-Request-Id", from.next->id);
        result.set("Lambda-Runtime-Deadline-Ms", milliseconds_of(from.next->deadline));
        result.set("Lambda-Runtime-Invoked-Function-Arn", from.next->function_arn);
        result.set("Lambda-Runtime-Trace-Id", from.next->trace_id);
    }
    result.keep_alive(asked.keep_alive());
    result.prepare_payload();
    return result;
}

}  // namespace

class runtime_api::impl {
public:
    impl() try : acceptor(context, {asio::ip::address_v4::loopback(), 0}) {
        port = acceptor.local_endpoint().port();
        accepting = std::thread([this] { accept(); });
    } catch (const boost::system::system_error& error) {
        throw std::system_error(error.code().value(), std::system_category(),
                                "no port of 127.0.0.1 can be had");
    }

    // Descriptors are shut down, not closed: their threads may be about to use them.
    ~impl() {
        state.gone();
        ::shutdown(acceptor.native_handle(), SHUT_RDWR);
        accepting.join();
        for (auto& one : connections) ::shutdown(one.socket.native_handle(), SHUT_RDWR);
        for (auto& one : connections) one.serving.join();
    }

    runtime_state state;
    std::uint16_t port = 0;

private:
    struct connection {
        explicit connection(tcp::socket from) : socket(std::move(from)) {}
        tcp::socket socket;
        std::thread serving;
    };

    void accept() {
        for (;;) {
            boost::system::error_code error;
            tcp::socket socket = acceptor.accept(context, error);
            if (error || state.is_gone()) return;
            connection& fresh = connections.emplace_back(std::move(socket));
            fresh.serving = std::thread([this, &fresh] { serve(fresh.socket); });
        }
    }

    void serve(tcp::socket& socket) {
        boost::system::error_code error;
        socket.set_option(tcp::no_delay(true), error);
        boost::beast::flat_buffer buffer;
        for (bool open = true; open;) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(most_body);
            http::read(socket, buffer, parser, error);
            if (error) break;
            request asked = parser.release();
            response said = made(dispatch(state, asked), asked);
            http::write(socket, said, error);
            open = !error && said.keep_alive();
        }
        ::shutdown(socket.native_handle(), SHUT_RDWR);
    }

    asio::io_context context;
    tcp::acceptor acceptor;
    std::list<connection> connections;  // of the accepting thread, then of the destructor
    std::thread accepting;
};

runtime_api::runtime_api() : impl_(std::make_unique<impl>()) {}
runtime_api::~runtime_api() = default;

std::string runtime_api::address() const { return "127.0.0.1:" + std::to_string(impl_->port); }
bool runtime_api::wait_until_ready(time_point limit) { return impl_->state.wait_until_ready(limit); }
void runtime_api::deliver(event what) { impl_->state.deliver(std::move(what)); }
std::optional<answer> runtime_api::wait_for_answer(time_point limit) {
    return impl_->state.wait_for_answer(limit);
}
std::optional<answer> runtime_api::init_error() const { return impl_->state.init_error(); }
void runtime_api::gone() { impl_->state.gone(); }
bool runtime_api::is_gone() const { return impl_->state.is_gone(); }
bool runtime_api::wait_until_gone(time_point limit) { return impl_->state.wait_until_gone(limit); }

}  // namespace lambda_local

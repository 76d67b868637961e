// SPDX-License-Identifier: MIT
#include "server/connection.hpp"

#include "server/message_head.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <limits>

namespace s3_server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::uint32_t most_head = 65'536;
constexpr std::uint64_t most_at_once = 4'194'304;  // Of an object, in one call of the kernel.

// Something came, and it is no request; a connection that ends is no such error.
bool is_no_http(boost::system::error_code error) {
    return error.category() == make_error_code(http::error::bad_method).category() &&
           error != http::error::end_of_stream && error != http::error::partial_message;
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

connection::connection(asio::ip::tcp::socket socket, service& serves)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), service_(serves) {
    service_.counts().connection_opened();
}

connection::~connection() { service_.counts().connection_closed(); }

void connection::start() {
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        error_code ignored;
        self->socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
        self->read_head();
    });
}

void connection::read_head() {
    parser_.emplace();
    parser_->header_limit(most_head);
    parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
    http::async_read_header(
        socket_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->head_arrived(error); });
}

void connection::head_arrived(error_code error) {
    if (error) return is_no_http(error) ? refuse_to_read() : void();
    if (parser_->is_done()) return request_arrived();
    const auto expect = view(parser_->get()[http::field::expect]);
    equal_names(expect, "100-continue") ? promise_to_read() : read_body();
}

void connection::promise_to_read() {
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(socket_, asio::buffer(go_on),
                      [self = shared_from_this()](error_code error, std::size_t) {
                          if (!error) self->read_body();
                      });
}

void connection::read_body() {
    http::async_read(socket_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
        if (!error) self->request_arrived();
    });
}

// What came is no HTTP.
void connection::refuse_to_read() {
    answer_ = answer{};
    answer_.status = 400;
    keep_alive_ = false;
    prepare();
    send();
}

void connection::take_request() {
    auto& message = parser_->get();
    request_.method = view(message.method_string());
    request_.target = view(message.target());
    request_.headers.clear();
    for (const auto& field : message) {
        request_.headers.push_back(
            {std::string(view(field.name_string())), std::string(view(field.value()))});
    }
    request_.body = std::move(message.body());
    keep_alive_ = message.keep_alive();
    parser_.reset();
}

void connection::request_arrived() {
    std::chrono::steady_clock::duration pause = service_.settings().latency;
    take_request();
    answer_ = service_.handle(request_);
    prepare();
    if (answer_.played) {
        const fault& played = *answer_.played;
        if (played.action == fault_action::drop) return;
        if (played.action == fault_action::stall && !played.stall_at) pause += played.stall;
    }
    if (request_.target.starts_with("/-/")) pause = {};
    wait_and_send(pause);
}

// Works out the head, where sending ends and whether it pauses on the way.
void connection::prepare() {
    head_ = message_head(answer_, keep_alive_);
    const std::uint64_t body = answer_.without_body ? 0 : answer_.length();
    sent_ = 0;
    end_ = head_.size() + body;
    stall_at_.reset();
    if (!answer_.played) return;
    const fault& played = *answer_.played;
    if (played.action == fault_action::reset || played.action == fault_action::truncate) {
        // An answer without a body is cut in its head, so that what was counted as played is always seen.
        end_ = body > 0 ? head_.size() + std::min(played.bytes, body - 1) : head_.size() / 2;
    }
    if (played.stall_at) stall_at_ = std::min(head_.size() + *played.stall_at, end_);
}

void connection::wait_and_send(std::chrono::steady_clock::duration pause) {
    if (pause.count() <= 0) return send();
    timer_.expires_after(pause);
    timer_.async_wait([self = shared_from_this()](error_code error) {
        if (!error) self->send();
    });
}

// As much as the kernel takes in one call: the head and the beginning of the body together, no byte copied.
void connection::send() {
    const std::uint64_t up_to = stall_at_.value_or(end_);
    if (sent_ == up_to) return all_sent();
    pieces_.clear();
    gather(up_to);
    socket_.async_write_some(pieces_, [self = shared_from_this()](error_code error, std::size_t size) {
        self->sent(error, size);
    });
}

void connection::gather(std::uint64_t up_to) {
    std::uint64_t at = 0;
    for (const std::string* text : {&head_, &answer_.text}) {
        const auto end = std::min(up_to, at + text->size());
        const auto from = std::max(sent_, at);
        if (from < end) {
            pieces_.emplace_back(text->data() + (from - at), static_cast<std::size_t>(end - from));
        }
        at += text->size();
    }
    gather_object(at, up_to);
}

void connection::gather_object(std::uint64_t at, std::uint64_t up_to) {
    std::uint64_t from = std::max(sent_, at);
    const std::uint64_t end = std::min(up_to, from + most_at_once);
    while (from < end && pieces_.size() < 32) {
        const auto piece = answer_.bytes.whole->piece(answer_.bytes.offset + (from - at),
                                                      static_cast<std::size_t>(end - from));
        pieces_.emplace_back(piece.data(), piece.size());
        from += piece.size();
    }
}

void connection::sent(error_code error, std::size_t size) {
    if (error) return;
    const std::uint64_t before = std::max<std::uint64_t>(sent_, head_.size());
    sent_ += size;
    if (sent_ > before) service_.counts().sent(sent_ - before);
    send();
}

void connection::all_sent() {
    if (stall_at_) {
        stall_at_.reset();
        return wait_and_send(answer_.played->stall);
    }
    const auto action = answer_.played ? std::optional(answer_.played->action) : std::nullopt;
    if (action == fault_action::reset) return cut(true);
    if (action == fault_action::truncate || action == fault_action::close || !keep_alive_) return cut(false);
    answer_ = answer{};
    read_head();
}

// Lingering for no time means RST.
void connection::cut(bool reset) {
    error_code ignored;
    if (reset) {
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    } else {
        socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    }
    socket_.close(ignored);
}

}  // namespace s3_server

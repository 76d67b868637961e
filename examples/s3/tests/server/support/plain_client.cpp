// SPDX-License-Identifier: MIT
#include "support/plain_client.hpp"

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <ctime>
#include <limits>

namespace s3_server::test {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

struct plain_client::wire {
    asio::io_context context;
    tcp::socket socket{context};
    boost::beast::flat_buffer buffer;
    bool used = false;
};

namespace {

std::string date_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts)};
}

std::string target_of(const wish& what) {
    std::string target = url_encoded(what.path, true);
    for (std::size_t i = 0; i < what.query.size(); ++i) {
        target += (i == 0 ? "?" : "&") + url_encoded(what.query[i].first, false) + "=" +
                  url_encoded(what.query[i].second, false);
    }
    return target;
}

pairs signed_headers(const wish& what, const signing_key& key, const std::string& host) {
    pairs headers{{"host", host}};
    for (const auto& one : what.headers) {
        if (one.first.starts_with("x-amz-")) headers.push_back(one);
    }
    to_sign sign{what.method, what.path,   what.query,   {},
                 date_now(),  what.region, what.service, hex_sha256(what.body)};
    headers.emplace_back("x-amz-date", sign.date);
    headers.emplace_back("x-amz-content-sha256", sign.payload_hash);
    if (!key.token.empty()) headers.emplace_back("x-amz-security-token", key.token);
    sign.headers = headers;
    headers.emplace_back("Authorization", authorization_of(sign, key));
    return headers;
}

std::string message(const wish& what, const signing_key& key, std::uint16_t port) {
    const std::string host = what.host.empty() ? "127.0.0.1:" + std::to_string(port) : what.host;
    pairs headers{{"host", host}};
    if (what.is_signed) headers = signed_headers(what, key, host);
    for (const auto& one : what.headers) {
        if (!what.is_signed || !one.first.starts_with("x-amz-")) headers.push_back(one);
    }
    if (!what.body.empty()) headers.emplace_back("Content-Length", std::to_string(what.body.size()));
    std::string text = what.method + " " + target_of(what) + " HTTP/1.1\r\n";
    for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
    return text + "\r\n" + what.body;
}

template <class Parser>
void take_head(reply& to, const Parser& parser) {
    to.status = parser.get().result_int();
    for (const auto& field : parser.get()) {
        std::string name(field.name_string());
        for (char& letter : name)
            letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        to.headers[name] = std::string(field.value());
    }
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

}  // namespace

std::vector<std::string> elements(std::string_view xml, const std::string& name) {
    std::vector<std::string> all;
    const std::string begin = "<" + name + ">";
    const std::string end = "</" + name + ">";
    for (auto at = xml.find(begin); at != xml.npos; at = xml.find(begin, at)) {
        at += begin.size();
        std::string text(xml.substr(at, xml.find(end, at) - at));
        for (const auto& [code, letter] :
             pairs{{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}}) {
            replace_all(text, code, letter);
        }
        all.push_back(text);
    }
    return all;
}

std::string reply::element(const std::string& name) const {
    const auto all = elements(body, name);
    return all.empty() ? std::string{} : all.front();
}

plain_client::plain_client(std::uint16_t port, signing_key key) : port_(port), key_(std::move(key)) {}
plain_client::~plain_client() = default;

void plain_client::use(signing_key key) { key_ = std::move(key); }

void plain_client::connect() {
    wire_ = std::make_unique<wire>();
    wire_->socket.connect({asio::ip::address_v4::loopback(), port_});
}

void plain_client::write(const wish& what) {
    if (!wire_) connect();
    boost::system::error_code ignored;  // Reading says what happened.
    asio::write(wire_->socket, asio::buffer(message(what, key_, port_)), ignored);
}

void plain_client::send_only(const wish& what) { write(what); }

reply plain_client::send(const wish& what) {
    write(what);
    return read(what.method == "HEAD");
}

reply plain_client::get(const std::string& path, pairs query, pairs headers) {
    wish what;
    what.path = path;
    what.query = std::move(query);
    what.headers = std::move(headers);
    return send(what);
}

reply plain_client::read(bool head) {
    reply result;
    result.kept_alive = wire_->used;
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    parser.skip(head);
    boost::system::error_code error;
    http::read_header(wire_->socket, wire_->buffer, parser, error);
    if (!error) take_head(result, parser);
    if (!error) http::read(wire_->socket, wire_->buffer, parser, error);
    if (result.status != 0) result.body = parser.get().body();
    result.error = error ? error.message() : "";
    wire_->used = true;
    if (error || !parser.get().keep_alive()) wire_.reset();
    return result;
}

reply plain_client::get_large(const std::string& path, const std::function<void(std::string_view)>& sink) {
    wish what;
    what.path = path;
    write(what);
    reply result;
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());
    boost::system::error_code error;
    http::read_header(wire_->socket, wire_->buffer, parser, error);
    if (!error) take_head(result, parser);
    std::vector<char> room(1U << 18U);
    while (!error && !parser.is_done()) {
        parser.get().body().data = room.data();
        parser.get().body().size = room.size();
        http::read(wire_->socket, wire_->buffer, parser, error);
        if (error == http::error::need_buffer) error = {};
        sink({room.data(), room.size() - parser.get().body().size});
    }
    result.error = error ? error.message() : "";
    return result;
}

bool plain_client::sees_close() {
    boost::system::error_code error;
    char byte = 0;
    asio::read(wire_->socket, asio::buffer(&byte, 1), error);
    wire_.reset();
    return error == asio::error::eof || error == asio::error::connection_reset;
}

}  // namespace s3_server::test

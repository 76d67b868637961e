// SPDX-License-Identifier: MIT
#include "server/message_head.hpp"

#include "server/text.hpp"

#include <boost/beast/http/status.hpp>
#include <chrono>

namespace s3_server {
namespace {

// Written anew once a second and not for each of the thousands of answers in it.
const std::string& date_now() {
    thread_local time_point written;
    thread_local std::string text;
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (now != written) {
        text = http_date(now);
        written = now;
    }
    return text;
}

void append(std::string& to, std::string_view name, std::string_view value) {
    to.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string message_head(const answer& of, bool keep_alive) {
    const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(of.status));
    std::string head;
    head.reserve(512);
    head.append("HTTP/1.1 ")
        .append(std::to_string(of.status))
        .append(" ")
        .append(reason.data(), reason.size());
    head.append("\r\n");
    append(head, "Server", "penstock-s3");
    append(head, "Date", date_now());
    for (const auto& one : of.headers) append(head, one.name, one.value);
    if (of.status != 204 && of.status != 304) append(head, "Content-Length", std::to_string(of.length()));
    if (!keep_alive) append(head, "Connection", "close");
    return head.append("\r\n");
}

}  // namespace s3_server

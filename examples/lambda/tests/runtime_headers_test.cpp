// SPDX-License-Identifier: MIT
// The runtime's client when the headers of an event are not as Lambda documents them.
#include "runtime/runtime_client.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

// Answers one request, word for word, on a port of 127.0.0.1.
class one_answer {
public:
    explicit one_answer(std::string headers) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof where;
        auto* const name = reinterpret_cast<sockaddr*>(&where);
        if (::bind(socket_, name, size) != 0 || ::listen(socket_, 1) != 0 ||
            ::getsockname(socket_, name, &size) != 0)
            throw std::runtime_error("no port on 127.0.0.1");
        port_ = ntohs(where.sin_port);
        answering_ = std::thread([this, headers = std::move(headers)] { answer(headers); });
    }
    ~one_answer() {
        answering_.join();
        ::close(socket_);
    }
    one_answer(const one_answer&) = delete;
    one_answer& operator=(const one_answer&) = delete;

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

private:
    void answer(const std::string& headers) const {
        const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
        std::string request;
        for (char byte = 0; !request.ends_with("\r\n\r\n") && ::read(connection, &byte, 1) == 1;)
            request += byte;
        const std::string text = "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: 2\r\n\r\n{}";
        EXPECT_EQ(::send(connection, text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
        ::close(connection);
    }

    int socket_;
    unsigned port_ = 0;
    std::thread answering_;
};

lambda::invocation event_with(const std::string& headers) {
    const lambda::stop_signal stop;
    const one_answer server(headers);
    lambda::runtime_client client(server.address(), stop);
    return client.next().value();
}

const std::string id = "Lambda-Runtime-Aws-Request-Id: id-1\r\n";

TEST(RuntimeHeaders, ADeadlineThatNoClockHasIsADayFromNow) {
    for (const char* const text : {"9223372036854775807", "99999999999999999", "99999999999999999999999"}) {
        const auto before = std::chrono::system_clock::now();
        const lambda::invocation call = event_with(id + "Lambda-Runtime-Deadline-Ms: " + text + "\r\n");
        EXPECT_EQ(call.problem, "") << text;
        EXPECT_GE(call.deadline, before + std::chrono::hours(23)) << text;
        EXPECT_LE(call.deadline, std::chrono::system_clock::now() + std::chrono::hours(24)) << text;
    }
    for (const char* const text : {"-9223372036854775808", "-5", "-99999999999999999999999"})
        EXPECT_EQ(event_with(id + "Lambda-Runtime-Deadline-Ms: " + text + "\r\n").deadline,
                  std::chrono::system_clock::time_point())
            << text;
}

TEST(RuntimeHeaders, WithoutADeadlineTheEventHasAProblem) {
    for (const char* const header :
         {"", "Lambda-Runtime-Deadline-Ms: soon\r\n", "Lambda-Runtime-Deadline-Ms: 12x\r\n"}) {
        const lambda::invocation call = event_with(id + header);
        EXPECT_EQ(call.id, "id-1");
        EXPECT_NE(call.problem.find("Lambda-Runtime-Deadline-Ms is no number"), std::string::npos) << header;
    }
}

TEST(RuntimeHeaders, WithoutARequestIdThereIsNothingToAnswer) {
    EXPECT_THROW(event_with("Lambda-Runtime-Deadline-Ms: 1542409706888\r\n"), std::runtime_error);
}

}  // namespace

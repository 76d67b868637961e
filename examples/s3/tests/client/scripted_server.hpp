// SPDX-License-Identifier: MIT
// A server on loopback that answers every request as the test's handler says, and may then close or reset the
// connection. It checks nothing and knows nothing of S3. One thread of its own; the handler runs there.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace s3::test {

struct seen_request {
    std::string method;
    std::string target;
    std::string head;
    std::string body;
    int connection = 0;     // from 0, in the order of their coming
    int on_connection = 0;  // how many came there before
    int number = 0;         // how many came before at all

    [[nodiscard]] std::string header(const std::string& name) const {
        for (auto at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
            const auto line = at + 2;
            if (head.size() <= line + name.size() || head[line + name.size()] != ':') continue;
            if (strncasecmp(head.data() + line, name.data(), name.size()) != 0) continue;
            const auto value = head.find_first_not_of(' ', line + name.size() + 1);
            return head.substr(value, head.find("\r\n", line) - value);
        }
        return {};
    }
};

enum class then { keep, close, reset };

struct reply {
    std::string bytes;
    then after = then::keep;
    std::function<void()> before_end = {};  // before the connection is closed or reset
};

inline reply answer(int status, const std::string& body = {}, const std::string& headers = {}) {
    return {"HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n" + headers + "\r\n" + body,
            then::keep,
            {}};
}

inline reply error_answer(int status, const std::string& code, const std::string& more = {},
                          const std::string& headers = {}) {
    return answer(status,
                  "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>it is so</Message>" +
                      more + "<RequestId>REQ1</RequestId></Error>",
                  headers);
}

class scripted_server {
public:
    using handler = std::function<reply(const seen_request&)>;

    // Asked when only the head of a request is there; an answer is sent at once, and the body is never read.
    using early_handler = std::function<std::optional<reply>(const seen_request&)>;

    explicit scripted_server(handler play, early_handler refuse = {})
        : play_(std::move(play)), refuse_(std::move(refuse)),
          listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* const plain = reinterpret_cast<sockaddr*>(&address);
        if (listener_ < 0 || ::bind(listener_, plain, length) != 0 || ::listen(listener_, 512) != 0 ||
            ::getsockname(listener_, plain, &length) != 0 || ::pipe2(wake_, O_CLOEXEC) != 0) {
            throw std::runtime_error("no server on loopback");
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }

    ~scripted_server() {
        ::close(wake_[1]);
        thread_.join();
        for (const auto& peer : peers_) ::close(peer.socket);
        ::close(wake_[0]);
        ::close(listener_);
    }
    scripted_server(const scripted_server&) = delete;
    scripted_server& operator=(const scripted_server&) = delete;

    [[nodiscard]] std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] std::vector<seen_request> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    // Of each request, in the order in which they came.
    [[nodiscard]] std::vector<std::string> methods() const {
        std::vector<std::string> result;
        for (const seen_request& request : requests()) result.push_back(request.method);
        return result;
    }
    [[nodiscard]] int connections() const { return connections_.load(); }
    [[nodiscard]] int most_at_once() const { return most_at_once_.load(); }

private:
    struct connection {
        int socket;
        int number;
        int served = 0;
        std::string input;
        bool open = true;
        bool deaf = false;
    };

    void serve() {
        for (;;) {
            std::vector<pollfd> waits{{wake_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
            for (const auto& one : peers_) waits.push_back({one.deaf ? -1 : one.socket, POLLIN, 0});
            if (::poll(waits.data(), waits.size(), -1) < 0) continue;
            if (waits[0].revents != 0) return;
            std::size_t at = 2;
            for (auto& one : peers_) {
                if (waits[at++].revents != 0) read_from(one);
            }
            peers_.remove_if([](const connection& one) { return !one.open; });
            if (waits[1].revents != 0) accept_one();
        }
    }

    void accept_one() {
        const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) return;
        peers_.push_back({socket, connections_++, 0, {}, true, false});
        if (static_cast<int>(peers_.size()) > most_at_once_) most_at_once_ = static_cast<int>(peers_.size());
    }

    void read_from(connection& one) {
        char buffer[65536];
        const ssize_t got = ::recv(one.socket, buffer, sizeof buffer, 0);
        if (got <= 0) return end(one, then::close);
        one.input.append(buffer, static_cast<std::size_t>(got));
        while (one.open && take_request(one)) {
        }
    }

    bool take_request(connection& one) {
        const auto head_end = one.input.find("\r\n\r\n");
        if (head_end == std::string::npos) return false;
        seen_request request = head_of(one, head_end);
        if (refuse_) {
            if (const auto out = refuse_(request)) {
                one.deaf = true;
                request.number = note(request);
                finish(one, *out);
                return false;
            }
        }
        const auto body_size = static_cast<std::size_t>(std::atoll(request.header("content-length").c_str()));
        if (one.input.size() < head_end + 4 + body_size) return false;
        request.body = one.input.substr(head_end + 4, body_size);
        one.input.erase(0, head_end + 4 + body_size);
        ++one.served;
        request.number = note(request);
        finish(one, play_(request));
        return true;
    }

    static seen_request head_of(const connection& one, std::size_t head_end) {
        seen_request request;
        request.head = one.input.substr(0, head_end + 2);
        request.method = request.head.substr(0, request.head.find(' '));
        const auto target = request.method.size() + 1;
        request.target = request.head.substr(target, request.head.find(' ', target) - target);
        request.connection = one.number;
        request.on_connection = one.served;
        return request;
    }

    static void finish(connection& one, const reply& out) {
        send_all(one.socket, out.bytes);
        if (out.before_end) out.before_end();
        if (out.after != then::keep) end(one, out.after);
    }

    int note(const seen_request& request) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
        return static_cast<int>(requests_.size()) - 1;
    }

    static void send_all(int socket, const std::string& bytes) {
        for (std::size_t at = 0; at < bytes.size();) {
            const ssize_t sent = ::send(socket, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
            if (sent <= 0) return;
            at += static_cast<std::size_t>(sent);
        }
    }

    static void end(connection& one, then how) {
        if (how == then::reset) {
            const linger at_once{1, 0};
            ::setsockopt(one.socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        }
        ::close(one.socket);
        one.open = false;
    }

    handler play_;
    early_handler refuse_;
    int listener_;
    int wake_[2] = {-1, -1};
    int port_ = 0;
    std::list<connection> peers_;
    mutable std::mutex mutex_;
    std::vector<seen_request> requests_;
    std::atomic<int> connections_{0};
    std::atomic<int> most_at_once_{0};
    std::thread thread_;
};

}  // namespace s3::test

// SPDX-License-Identifier: MIT
// The tests' own small client: one connection, one request after the other, nothing retried. One thread at a time.
#pragma once

#include "server/server_options.hpp"
#include "support/signer.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace s3_server::test {

struct wish {
    std::string method = "GET";
    std::string path;  // Decoded: "/bucket/key"
    pairs query;
    pairs headers;  // Signed too when they begin with x-amz-.
    std::string body;
    std::string host;  // Empty: the address.
    std::string region = "us-east-1";
    std::string service = "s3";
    bool is_signed = true;
};

struct reply {
    unsigned status = 0;                         // 0: no answer came.
    std::map<std::string, std::string> headers;  // Names in small letters.
    std::string body;
    std::string error;        // What ended the connection before the end of the answer; empty: nothing.
    bool kept_alive = false;  // On the connection of the answer before.

    [[nodiscard]] std::string header(const std::string& name) const {
        const auto found = headers.find(name);
        return found == headers.end() ? std::string{} : found->second;
    }
    // The text of the first element of that name.
    [[nodiscard]] std::string element(const std::string& name) const;
    [[nodiscard]] std::string code() const { return element("Code"); }
};

class plain_client {
public:
    explicit plain_client(std::uint16_t port,
                          signing_key key = {demo_access_key_id, demo_secret_access_key, {}});
    ~plain_client();
    plain_client(const plain_client&) = delete;
    plain_client& operator=(const plain_client&) = delete;

    [[nodiscard]] reply send(const wish& what);
    [[nodiscard]] reply get(const std::string& path, pairs query = {}, pairs headers = {});
    // The body goes to `sink` piece by piece and is not kept.
    [[nodiscard]] reply get_large(const std::string& path, const std::function<void(std::string_view)>& sink);

    // Connects and sends the request without reading the answer.
    void send_only(const wish& what);
    [[nodiscard]] reply read_answer() { return read(false); }
    void use(signing_key key);
    void connect();
    // What the other side does next, after an answer: true when it closes.
    [[nodiscard]] bool sees_close();

private:
    struct wire;

    void write(const wish& what);
    [[nodiscard]] reply read(bool head);

    std::uint16_t port_;
    signing_key key_;
    std::unique_ptr<wire> wire_;
};

// All texts of elements of that name, with & < > " decoded.
[[nodiscard]] std::vector<std::string> elements(std::string_view xml, const std::string& name);

}  // namespace s3_server::test

// SPDX-License-Identifier: MIT
// A small S3 server on 127.0.0.1 for demos and tests: it verifies AWS Signature Version 4 with code of its own, serves
// made buckets that cost no memory, keeps what is uploaded in memory, gives out temporary credentials (AssumeRole),
// adds latency and plays faults. Besides S3 it answers unsigned requests below /-/: GET /-/stats, POST /-/faults with
// a fault's spec as the body, POST /-/expire-tokens.
//
// The constructor returns when connections are accepted; it throws std::system_error when the port is taken and
// std::invalid_argument for a bad fault or recipe. The server runs on its own threads. Members may be called from any
// thread. The destructor cuts all connections and does not wait for slow clients.
#pragma once

#include "server/server_options.hpp"
#include "server/statistics.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace s3_server {

class server {
public:
    explicit server(server_options wanted = {});
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::string endpoint() const;  // "http://127.0.0.1:PORT"
    [[nodiscard]] statistics stats() const;

    void add_fault(std::string_view spec);  // As in fault.hpp; throws std::invalid_argument.
    void expire_tokens();                   // All temporary credentials given out so far.

private:
    class engine;
    std::unique_ptr<engine> engine_;
};

}  // namespace s3_server

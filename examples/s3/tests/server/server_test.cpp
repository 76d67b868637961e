// SPDX-License-Identifier: MIT
// The server as a whole: its life, its statistics, its unsigned paths.
#include "server/server.hpp"

#include "support/plain_client.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace s3_server::test {
namespace {

server_options demo(unsigned threads = 1) {
    bucket_recipe recipe;
    recipe.name = "bucket";
    recipe.objects = 30;
    recipe.bytes = 30'000;
    recipe.extra = {{"large.bin", std::uint64_t{5} << 30U}};
    server_options options;
    options.threads = threads;
    options.buckets = {recipe};
    return options;
}

wish unsigned_wish(const std::string& method, const std::string& path, const std::string& body = {}) {
    wish what;
    what.method = method;
    what.path = path;
    what.body = body;
    what.is_signed = false;
    return what;
}

TEST(server, tells_what_it_has_seen) {
    const server running(demo());
    plain_client client(running.port());
    (void)client.get("/bucket/./x");
    (void)client.get("/bucket/none");
    (void)client.get("/bucket");
    const statistics seen = running.stats();
    EXPECT_EQ(seen.requests.at("GetObject"), 2U);
    EXPECT_EQ(seen.requests.at("ListObjects"), 1U);
    EXPECT_EQ(seen.all_requests(), 3U);
    EXPECT_EQ(seen.errors.at("NoSuchKey"), 1U);
    EXPECT_EQ(seen.connections_accepted, 1U);
    EXPECT_EQ(seen.connections_peak, 1U);
    const reply json = client.send(unsigned_wish("GET", "/-/stats"));
    EXPECT_EQ(json.header("content-type"), "application/json");
    EXPECT_NE(json.body.find("\"requests\":{\"GetObject\":2,\"ListObjects\":1}"), std::string::npos)
        << json.body;
    EXPECT_NE(json.body.find("\"connections_peak\":1"), std::string::npos) << json.body;
}

TEST(server, faults_and_expiry_can_be_asked_for_over_the_wire) {
    const server running(demo());
    plain_client client(running.port());
    EXPECT_EQ(client.send(unsigned_wish("POST", "/-/faults", "error=503,key=./x")).status, 200U);
    EXPECT_EQ(client.send(unsigned_wish("POST", "/-/faults", "nonsense")).status, 400U);
    EXPECT_EQ(client.send(unsigned_wish("POST", "/-/expire-tokens")).status, 200U);
    EXPECT_EQ(client.send(unsigned_wish("GET", "/-/other")).status, 404U);
    EXPECT_EQ(client.get("/bucket/./x").status, 503U);
    EXPECT_EQ(running.stats().faults.at("error=503,key=./x"), 1U);
}

/// As many clients as this process may have, up to `wanted`: each takes a few descriptors, and one of the server's.
std::size_t clients_possible(std::size_t wanted) {
    constexpr std::size_t each = 5;
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
    return std::min<std::size_t>(wanted, (files.rlim_cur - 64) / each);
}

TEST(server, hundreds_of_connections_at_once) {
    const std::size_t count = clients_possible(300);
    server_options options = demo(2);
    options.latency = std::chrono::milliseconds{20};
    const server running(options);
    std::vector<std::unique_ptr<plain_client>> clients;
    for (std::size_t i = 0; i < count; ++i) clients.push_back(std::make_unique<plain_client>(running.port()));
    wish what;
    what.path = "/bucket/./x";
    for (auto& client : clients) client->send_only(what);
    for (auto& client : clients) EXPECT_EQ(client->read_answer().status, 200U);
    EXPECT_EQ(running.stats().connections_peak, count);
    EXPECT_EQ(running.stats().requests.at("GetObject"), count);
}

TEST(server, latency_delays_each_answer) {
    server_options options = demo();
    options.latency = std::chrono::milliseconds{15};
    const server running(options);
    plain_client client(running.port());
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(client.get("/bucket/./x").status, 200U);
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds{45});
}

TEST(server, its_end_does_not_wait_for_slow_clients) {
    auto running = std::make_unique<server>(demo(2));
    plain_client reads_nothing(running->port());
    plain_client says_nothing(running->port());
    wish what;
    what.path = "/bucket/large.bin";
    reads_nothing.send_only(what);
    says_nothing.connect();
    plain_client quick(running->port());
    EXPECT_EQ(quick.get("/bucket/./x").status, 200U);
    running.reset();
    EXPECT_TRUE(says_nothing.sees_close());
    EXPECT_NE(reads_nothing.read_answer().error, "");
}

TEST(server, its_end_is_not_delayed_by_a_stall) {
    server_options options = demo();
    options.faults = {"stall=3600000"};
    auto running = std::make_unique<server>(options);
    plain_client client(running->port());
    wish what;
    what.path = "/bucket/./x";
    client.send_only(what);
    while (running->stats().all_faults() == 0) std::this_thread::yield();
    running.reset();
    EXPECT_EQ(client.read_answer().status, 0U);
}

TEST(server, what_is_no_http_is_refused) {
    const server running(demo());
    plain_client client(running.port());
    wish what = unsigned_wish("G E T", "/");
    EXPECT_EQ(client.send(what).status, 400U);
    EXPECT_EQ(plain_client(running.port()).get("/bucket/./x").status, 200U);
}

TEST(server, a_port_that_is_taken_is_named) {
    const server running(demo());
    server_options options;
    options.port = running.port();
    try {
        const server second(options);
        ADD_FAILURE();
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find(std::to_string(running.port())), std::string::npos);
        EXPECT_EQ(error.code(), std::errc::address_in_use);
    }
}

TEST(server, unknown_requests_are_not_implemented) {
    const server running(demo());
    plain_client client(running.port());
    EXPECT_EQ(client.get("/bucket", {{"versioning", ""}}).code(), "NotImplemented");
    wish what;
    what.method = "PATCH";
    what.path = "/bucket/./x";
    EXPECT_EQ(client.send(what).code(), "NotImplemented");
}

}  // namespace
}  // namespace s3_server::test

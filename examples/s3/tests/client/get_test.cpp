// SPDX-License-Identifier: MIT
// A GET whose connection breaks goes on at the byte reached: the sink sees each byte once, in order.
#include "both_transports.hpp"

#include <chrono>

namespace s3::test {
namespace {

using namespace std::chrono_literals;

const object_name pear{"fruit", "pear"};

// Bytes that are all different from their neighbours 1 KiB away, so that a shift shows.
std::string made_body(std::size_t size) {
    std::string body(size, '\0');
    for (std::size_t at = 0; at < size; ++at) body[at] = static_cast<char>((at * 2654435761U) >> 24U);
    return body;
}

// What a sink has seen; the server's thread waits for it before it breaks the connection.
class collected {
public:
    byte_sink sink() {
        return [this](std::span<const std::byte> bytes) {
            text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            count_ = text_.size();
        };
    }
    void wait_for(std::size_t bytes) const {
        const auto limit = std::chrono::steady_clock::now() + 20s;
        while (count_ < bytes && std::chrono::steady_clock::now() < limit) std::this_thread::sleep_for(1ms);
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
    std::atomic<std::size_t> count_{0};
};

std::string first_part(const std::string& body, std::size_t sent, const std::string& etag = "\"v1\"") {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\nETag: " + etag +
           "\r\n\r\n" + body.substr(0, sent);
}

// Answers "Range: bytes=N-[M]".
std::string ranged(const std::string& body, const seen_request& request, const std::string& etag = "\"v1\"") {
    const std::string range = request.header("range").substr(6);
    const std::size_t first = std::stoul(range);
    const std::string end = range.substr(range.find('-') + 1);
    const std::size_t last = end.empty() ? body.size() - 1 : std::stoul(end);
    return "HTTP/1.1 206 X\r\nContent-Length: " + std::to_string(last - first + 1) + "\r\nETag: " + etag +
           "\r\nContent-Range: bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" +
           std::to_string(body.size()) + "\r\n\r\n" + body.substr(first, last - first + 1);
}

class get : public both_transports {};
INSTANTIATE_TEST_SUITE_P(over, get, ::testing::Values("blocking", "multi"), transport_name);

TEST_P(get, goes_on_after_a_reset_and_a_truncation_in_the_middle) {
    const std::string body = made_body(900'000);
    collected seen;
    scripted_server server([&](const seen_request& request) -> reply {
        if (request.number == 0)
            return {first_part(body, 300'000), then::reset, [&] { seen.wait_for(300'000); }};
        const std::string rest = ranged(body, request);
        if (request.number == 1) {
            return {rest.substr(0, rest.find("\r\n\r\n") + 4 + 200'000), then::close, {}};
        }
        return {rest, then::keep, {}};
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const object_info info = run(bucket.get(pear, seen.sink()));
    EXPECT_EQ(info.size, body.size());
    EXPECT_TRUE(seen.text() == body) << seen.text().size();
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_EQ(requests[1].header("range"), "bytes=300000-");
    EXPECT_EQ(requests[2].header("range"), "bytes=500000-");
    EXPECT_EQ(requests[2].header("if-match"), "\"v1\"");
    EXPECT_EQ(bucket.counters().retries, 2U);
}

TEST_P(get, of_a_range_goes_on_inside_the_range) {
    const std::string body = made_body(100'000);
    collected seen;
    scripted_server server([&](const seen_request& request) -> reply {
        const std::string all = ranged(body, request);
        if (request.number > 0) return {all, then::keep, {}};
        return {all.substr(0, all.find("\r\n\r\n") + 4 + 1000), then::close, {}};
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const object_info info = run(bucket.get(pear, seen.sink(), byte_range{500, 60'499}));
    EXPECT_EQ(info.size, body.size());
    EXPECT_TRUE(seen.text() == body.substr(500, 60'000));
    ASSERT_EQ(server.requests().size(), 2U);
    EXPECT_EQ(server.requests()[1].header("range"), "bytes=1500-60499");
}

TEST_P(get, takes_the_whole_object_again_from_a_server_without_ranges) {
    const std::string body = made_body(100'000);
    collected seen;
    scripted_server server([&](const seen_request& request) -> reply {
        if (request.number == 0) return {first_part(body, 40'000), then::close, {}};
        return {first_part(body, body.size()), then::keep, {}};
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(run(bucket.get(pear, seen.sink())).etag, "\"v1\"");
    EXPECT_TRUE(seen.text() == body);
}

TEST_P(get, never_mixes_two_versions_of_an_object) {
    const std::string body = made_body(1000);
    for (const bool server_knows_if_match : {true, false}) {
        collected seen;
        scripted_server server([&](const seen_request& request) -> reply {
            if (request.number == 0) return {first_part(body, 400), then::close, {}};
            if (server_knows_if_match) return error_answer(412, "PreconditionFailed");
            return {ranged(body, request, "\"v2\""), then::keep, {}};
        });
        client bucket(quick_settings(server.endpoint()), some_keys(), way());
        const std::string text = error_of(bucket.get(pear, seen.sink())).what();
        EXPECT_NE(text.find("changed while it was read"), std::string::npos) << text;
        EXPECT_EQ(seen.text(), body.substr(0, 400));
        EXPECT_EQ(server.requests().size(), 2U);
    }
}

TEST_P(get, that_breaks_without_an_etag_is_not_continued) {
    scripted_server server([&](const seen_request&) -> reply {
        return {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n1234", then::close, {}};
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    (void)error_of(bucket.get(pear, {}));
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_P(get, that_breaks_for_ever_ends) {
    scripted_server server([&](const seen_request& request) -> reply {
        if (request.number == 0) return {first_part("0123456789", 4), then::close, {}};
        return {
            "HTTP/1.1 206 X\r\nContent-Length: 6\r\nContent-Range: bytes 4-9/10\r\n\r\n", then::close, {}};
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    (void)error_of(bucket.get(pear, {}));
    EXPECT_EQ(server.requests().size(), 5U);
}

TEST_P(get, of_an_empty_object) {
    scripted_server server(
        [&](const seen_request&) { return answer(200, "", "ETag: \"e\"\r\nContent-Type: text/x\r\n"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    bool called = false;
    const byte_sink sink = [&](std::span<const std::byte>) { called = true; };
    const object_info info = run(bucket.get(pear, sink));
    EXPECT_EQ(info.size, 0U);
    EXPECT_EQ(info.etag, "\"e\"");
    EXPECT_EQ(info.content_type, "text/x");
    EXPECT_FALSE(called);
}

struct full_disk : std::exception {};

TEST_P(get, hands_on_what_the_sink_throws) {
    scripted_server server([&](const seen_request&) { return answer(200, "0123456789", "ETag: \"e\"\r\n"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const byte_sink sink = [](std::span<const std::byte>) { throw full_disk(); };
    EXPECT_THROW((void)run(bucket.get(pear, sink)), full_disk);
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_EQ(run(bucket.get(pear, {})).size, 10U);  // and the transport goes on
}

TEST_P(get, of_an_error_leaves_the_sink_alone) {
    collected seen;
    scripted_server server([&](const seen_request& request) {
        return request.number == 0 ? error_answer(500, "InternalError") : answer(200, "good");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    (void)run(bucket.get(pear, seen.sink()));
    EXPECT_EQ(seen.text(), "good");
}

}  // namespace
}  // namespace s3::test

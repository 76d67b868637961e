// SPDX-License-Identifier: MIT
// A worker process on its own: this test plays the pool's part and sends it good frames, bad frames and noise.
#include "os/channel.hpp"
#include "os/child_process.hpp"
#include "os/executable.hpp"
#include "pool/callable_table.hpp"
#include "support/payload.hpp"
#include "support/pool_test.hpp"
#include "wire/boot_message.hpp"
#include "wire/exit_code.hpp"
#include "wire/frame_reader.hpp"
#include "wire/frame_writer.hpp"
#include "wire/payload_report.hpp"
#include "wire/remote_error.hpp"
#include "wire/worker_argument.hpp"
#include "worker/task_registry.hpp"

#include <poll.h>

#include <random>

namespace penstock::test {
namespace {

using wire::frame_kind;
using bytes = std::vector<std::byte>;

constexpr std::uint64_t key = 0xfeedface12345678u;

int add(int a, int b) { return a + b; }
int throw_range(int x) { throw std::out_of_range(std::to_string(x)); }
void throw_in_initializer(int) { throw std::runtime_error("not today"); }

bytes to_bytes(std::span<const std::byte> from) { return {from.begin(), from.end()}; }

template <class... T>
bytes encode(const T&... values) {
    detail::byte_buffer out;
    detail::output_archive archive(out);
    archive(values...);
    return to_bytes(out.bytes());
}

/// The name of a function as submit works it out, and its arguments.
template <class F, class... Args>
std::pair<wire::task_token, bytes> call_of(F f, Args... arguments) {
    const auto call = detail::call_encoder_for<F, Args...>::encode(f, arguments...);
    return {pool::make_token(call.callable), to_bytes(call.flat->bytes())};
}
bytes with_token(const wire::task_token& token, const bytes& arguments, std::uint64_t seal_key = key) {
    detail::byte_buffer out;
    detail::output_archive archive(out);
    wire::encode_token(archive, token, seal_key);
    bytes body = to_bytes(out.bytes());
    body.insert(body.end(), arguments.begin(), arguments.end());
    return body;
}

struct answer {
    wire::frame_head head;
    bytes body;
};

class worker_process : public pool_test {
protected:
    worker_process() : process_(start()) { channel_.worker_started(); }
    ~worker_process() override {
        process_.send_signal(SIGKILL);
        end();
    }

    void send(frame_kind kind, std::uint64_t task, std::uint32_t tag, const bytes& body, std::uint64_t check_key = key) {
        wire::frame_writer writer;
        writer.start(wire::make_head(check_key, kind, tag, task, body.size()), {}, body, {});
        while (!writer.done()) {
            const auto parts = writer.remaining();
            const auto result = channel_.send_stream(parts.data(), static_cast<int>(parts.size()));
            ASSERT_NE(result.status, os::io_status::failed);
            writer.advance(result.bytes);
        }
    }
    void boot(wire::boot_message message = {}) {
        message.key = key;
        message.max_payload = message.max_payload == 0 ? 1'000'000 : message.max_payload;
        message.pool_depth = 1;
        send(frame_kind::boot, 0, 0, encode(message), 0);
    }
    /// The next answer; throws when none comes.
    answer receive() {
        for (;;) {
            if (auto frame = reader_.next()) return {frame->head, to_bytes(frame->bytes())};
            pollfd readable{channel_.result_fd(), POLLIN, 0};
            if (::poll(&readable, 1, 30'000) != 1) throw std::runtime_error("the worker does not answer");
            const auto into = reader_.writable();
            const auto result = channel_.receive(into.data(), into.size());
            if (result.status == os::io_status::closed) throw std::runtime_error("the worker has gone");
            reader_.received(result.bytes);
            EXPECT_EQ(reader_.damage(), "");
        }
    }
    answer ask(frame_kind kind, std::uint64_t task, std::uint32_t tag, const bytes& body) {
        send(kind, task, tag, body);
        return receive();
    }
    void expect_adds(std::uint64_t task) {
        const auto [token, arguments] = call_of(add, 30, 12);
        const answer got = ask(frame_kind::task_with_token, task, 9, with_token(token, arguments));
        EXPECT_EQ(got.head.kind(), frame_kind::value);
        EXPECT_EQ(got.head.task, task);
        EXPECT_EQ(got.body, encode(42));
    }
    static std::string reason_of(const answer& got) {
        if (got.head.kind() != frame_kind::undecodable) return "the answer is of another kind";
        wire::payload_report report;
        detail::input_archive in(got.body);
        in(report);
        return report.reason;
    }
    os::exit_status end() {
        std::optional<os::exit_status> status;
        EXPECT_TRUE(eventually([&] { return (status = process_.try_reap()).has_value(); }));
        return status.value_or(os::exit_status{});
    }
    void expect_exit(int expected) {
        const os::exit_status status = end();
        EXPECT_EQ(status.kind, os::exit_status::how::exited);
        EXPECT_EQ(status.value, expected);
    }

    os::channel channel_;
    wire::frame_reader reader_{key, 1u << 30};

private:
    os::child_process start() {
        const silence quiet;
        const auto command = os::own_executable();
        const std::string marker = std::string(wire::worker_argument) + std::to_string(::getpid());
        return os::child_process::start({command.path, {"worker", marker}, channel_.task_read_fd(), channel_.result_write_fd()});
    }

    os::child_process process_;
};

TEST_F(worker_process, boots_answers_and_leaves) {
    boot();
    EXPECT_EQ(receive().head.kind(), frame_kind::ready);
    expect_adds(1);
    const auto [token, arguments] = call_of(add, 1, 2);
    EXPECT_EQ(ask(frame_kind::task, 2, 9, arguments).body, encode(3)) << "it knows number 9 by now";
    send(frame_kind::bye, 0, 0, {});
    expect_exit(0);
}

TEST_F(worker_process, leaves_when_the_pool_is_gone_before_it_booted) {
    channel_ = os::channel();
    expect_exit(0);
}

TEST_F(worker_process, sends_exceptions) {
    boot();
    receive();
    const auto [token, arguments] = call_of(throw_range, 17);
    const answer got = ask(frame_kind::task_with_token, 1, 0, with_token(token, arguments));
    EXPECT_EQ(got.head.kind(), frame_kind::exception);
    try {
        std::rethrow_exception(wire::decode_exception(got.body, {1, "x"}));
    } catch (const std::out_of_range& e) {
        EXPECT_STREQ(e.what(), "17");
    }
    expect_adds(2);
}

TEST_F(worker_process, tells_of_an_initializer_that_throws_and_leaves) {
    wire::boot_message message;
    message.has_initializer = true;
    const auto [token, arguments] = call_of(throw_in_initializer, 1);
    message.initializer = token;
    for (const std::byte b : arguments) message.initializer_arguments.push_back(static_cast<char>(b));
    boot(message);
    EXPECT_EQ(receive().head.kind(), frame_kind::init_failed);
    expect_exit(0);
}

TEST_F(worker_process, refuses_a_number_it_was_never_told) {
    boot();
    receive();
    EXPECT_NE(reason_of(ask(frame_kind::task, 1, 77, {})).find("77"), std::string::npos);
    expect_adds(2);
}

TEST_F(worker_process, refuses_a_token_under_another_seal) {
    boot();
    receive();
    const auto [token, arguments] = call_of(add, 1, 2);
    const answer got = ask(frame_kind::task_with_token, 1, 0, with_token(token, arguments, key + 1));
    EXPECT_EQ(got.head.kind(), frame_kind::undecodable);
    expect_adds(2);
}

TEST_F(worker_process, refuses_arguments_that_do_not_decode) {
    boot();
    receive();
    const auto [token, arguments] = call_of(add, 1, 2);
    for (std::size_t size = 0; size != arguments.size(); ++size) {
        const bytes part(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(ask(frame_kind::task_with_token, size, 0, with_token(token, part)).head.kind(), frame_kind::undecodable);
    }
    bytes more = arguments;
    more.push_back(std::byte{0});
    EXPECT_NE(reason_of(ask(frame_kind::task_with_token, 50, 0, with_token(token, more))).find("left over"), std::string::npos);
    expect_adds(51);
}

// The head is right, so that it is the token and what it names that must hold.
TEST_F(worker_process, survives_damaged_tokens) {
    boot();
    receive();
    const auto [token, arguments] = call_of(add, 1, 2);
    const bytes good = with_token(token, {});
    std::mt19937_64 random(3);
    for (std::uint64_t task = 1; task != 1'000; ++task) {
        bytes damaged = good;
        damaged[random() % damaged.size()] ^= static_cast<std::byte>(1u << (random() % 8));
        damaged.insert(damaged.end(), arguments.begin(), arguments.end());
        const answer got = ask(frame_kind::task_with_token, task, 0, damaged);
        ASSERT_EQ(got.head.kind(), frame_kind::undecodable) << "task " << task;
        ASSERT_EQ(got.head.task, task);
    }
    expect_adds(1'000);
}

TEST_F(worker_process, refuses_a_result_over_max_payload) {
    wire::boot_message message;
    message.max_payload = 3;
    boot(message);
    receive();
    const auto [token, arguments] = call_of(add, 1, 2);
    const answer got = ask(frame_kind::task_with_token, 1, 0, with_token(token, arguments));
    EXPECT_NE(reason_of(got).find("max_payload"), std::string::npos);
}

TEST_F(worker_process, ends_on_noise_before_it_booted) {
    const std::string noise = random_text(1'000);
    channel_.send_packet(noise.data(), noise.size());
    expect_exit(wire::exit_lost_connection);
}

TEST_F(worker_process, ends_on_noise_instead_of_a_task) {
    boot();
    receive();
    send(frame_kind::task, 1, 0, encode(1), key + 1);
    expect_exit(wire::exit_lost_connection);
}

TEST_F(worker_process, ends_when_its_first_frame_is_no_boot_frame) {
    send(frame_kind::bye, 0, 0, {}, 0);
    expect_exit(wire::exit_bad_start);
}

TEST_F(worker_process, ends_when_its_boot_frame_does_not_decode) {
    send(frame_kind::boot, 0, 0, encode(std::uint64_t{1}), 0);
    expect_exit(wire::exit_bad_start);
}

class task_registry_test : public testing::Test {
protected:
    wire::task_token token_ = call_of(add, 1, 2).first;
};

TEST_F(task_registry_test, finds_the_code_behind_a_token) {
    const detail::callable_ref found = worker::find_callable(token_);
    ASSERT_NE(found.descriptor, nullptr);
    EXPECT_EQ(found.function, reinterpret_cast<void (*)()>(&add));
}

TEST_F(task_registry_test, refuses_what_is_not_a_callable_of_these_types) {
    const auto refused = [](wire::task_token token) { EXPECT_THROW(worker::find_callable(token), detail::archive_error); };
    wire::task_token token = token_;
    token.type_hash ^= 1;
    refused(token);
    for (const std::uint64_t offset : {std::uint64_t{0}, token_.descriptor.offset + 1, token_.descriptor.offset + 8,
                                       token_.descriptor.offset - 8, std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
        token = token_;
        token.descriptor.offset = offset;
        refused(token);
    }
    token = token_;
    token.descriptor.module[3] ^= 1;
    refused(token);
    for (const std::uint64_t offset : {std::uint64_t{0}, token_.function.offset + 1, token_.descriptor.offset, ~std::uint64_t{0}}) {
        token = token_;
        token.function.offset = offset;
        refused(token);
    }
}

TEST_F(task_registry_test, knows_numbers_that_were_defined) {
    worker::task_registry registry;
    EXPECT_THROW(registry.find(0), detail::archive_error);
    registry.define(5, token_);
    EXPECT_EQ(registry.find(5).function, reinterpret_cast<void (*)()>(&add));
    EXPECT_THROW(registry.find(4), detail::archive_error);
    EXPECT_THROW(registry.find(6), detail::archive_error);
}

} // namespace
} // namespace penstock::test

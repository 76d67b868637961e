// SPDX-License-Identifier: MIT
// Chunks as bytes: encoded, run and decoded within this process, so that every byte can be spoilt.
#include <penstock/detail/remote_chunk.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace penstock::detail {
namespace {

std::vector<std::byte> assembled(const byte_buffer& flat, std::span<const borrowed_piece> borrowed) {
    std::vector<std::byte> bytes;
    std::size_t done = 0;
    for (const auto& piece : borrowed) {
        bytes.insert(bytes.end(), flat.data() + done, flat.data() + piece.at);
        const auto* from = static_cast<const std::byte*>(piece.data);
        bytes.insert(bytes.end(), from, from + piece.size);
        done = piece.at;
    }
    bytes.insert(bytes.end(), flat.data() + done, flat.data() + flat.size());
    return bytes;
}

/// What a worker does with a call, here.
class local_call final : public task_call {
public:
    using task_call::task_call;
    byte_buffer& result_buffer() override { return flat_; }
    void reply(std::span<const borrowed_piece> borrowed) override {
        pieces += borrowed.size();
        result = assembled(flat_, borrowed);
    }
    std::vector<std::byte> result;
    std::size_t pieces = 0;

private:
    byte_buffer flat_;
};

template <class R>
chunk_result<R> decoded(std::span<const std::byte> bytes) {
    std::optional<chunk_result<R>> slot;
    decode_result<chunk_result<R>>(bytes, &slot);
    return std::move(*slot);
}

template <class F, class... P>
auto run_remotely(F f, std::vector<chunk_item<P...>> items, std::string_view label = {}) {
    const encoded_call call = encode_chunk<F, P...>(f, items, label);
    const auto bytes = assembled(*call.flat, call.borrowed);
    local_call local(bytes, call.callable.function);
    call.callable.descriptor->run(local);
    return decoded<chunk_value_t<F, P...>>(local.result);
}

template <class E, class R>
std::string thrown_by(const outcome<R>& failed) {
    try {
        static_cast<void>(failed.value());
    } catch (const E& error) {
        return error.what();
    }
    return "nothing was thrown";
}

/// Fails where its value says so.
struct fragile {
    enum place { never, on_encode, on_decode };
    place breaks = never;
    int number = 0;
    std::vector<double> large = {};  // borrowed before the failure
    void save(output_archive& out) const {
        out(large, number);
        if (breaks == on_encode) throw std::runtime_error("does not encode");
        out(breaks);
    }
    void load(input_archive& in) {
        in(large, number, breaks);
        if (breaks == on_decode) throw 7;
    }
};

int plus(int a, int b) { return a + b; }
int number_of(const fragile& f) { return f.number; }
fragile make_fragile(fragile::place breaks) { return {breaks, 3}; }

struct adder {
    int more = 0;
    int operator()(int x) { return x + more++; }
    template <class Archive>
    void serialize(Archive& archive) {
        archive(more);
    }
};
struct secretive {
    int state = 0;
    int operator()(int x) const { return x; }
    void save(output_archive&) const { throw std::runtime_error("secret"); }
    void load(input_archive&) {}
};

TEST(remote_chunk, calls_each_item_in_order) {
    auto done = run_remotely<int (*)(int, int), int, int>(plus, {{1, 2}, {3, 4}, {5, 6}});
    ASSERT_EQ(done.outcomes.size(), 3u);
    EXPECT_EQ(done.outcomes[0].value(), 3);
    EXPECT_EQ(done.outcomes[1].value(), 7);
    EXPECT_EQ(done.outcomes[2].value(), 11);
    EXPECT_GT(done.took.count(), 0);
}

TEST(remote_chunk, takes_as_many_bytes_as_its_grammar_says) {
    const auto same = [](std::int32_t x) { return x; };
    std::vector<chunk_item<std::int32_t>> items{{7}, {8}};
    const encoded_call call = encode_chunk<decltype(same), std::int32_t>(same, items);
    EXPECT_EQ(call.size(), 40u);
    EXPECT_TRUE(items.empty()) << "the items are given away";
    EXPECT_EQ(call.held, nullptr);
}

TEST(remote_chunk, keeps_an_exception_with_its_item_and_says_where_it_came_from) {
    const auto check = [](int x) { return x < 0 ? throw std::out_of_range("negative") : x; };
    auto done = run_remotely<decltype(check), int>(check, {{1}, {-1}, {2}}, "a label");
    EXPECT_EQ(done.outcomes[0].value(), 1);
    EXPECT_EQ(thrown_by<std::out_of_range>(done.outcomes[1]), "negative");
    EXPECT_EQ(done.outcomes[2].value(), 2);
    try {
        static_cast<void>(done.outcomes[1].value());
    } catch (const remote_info& info) {
        EXPECT_EQ(info.label, "a label");
        EXPECT_EQ(info.worker_pid, getpid());
    }
}

TEST(remote_chunk, gives_an_error_of_ours_that_a_task_threw_back_as_a_remote_exception) {
    const auto fail = [](int) -> int {
        throw payload_error(payload_side::result_encode, "int", "not really");
    };
    auto done = run_remotely<decltype(fail), int>(fail, {{1}});
    EXPECT_NE(thrown_by<remote_exception>(done.outcomes[0]).find("not really"), std::string::npos);
}

TEST(remote_chunk, fails_only_the_item_that_does_not_encode_or_decode) {
    std::vector<chunk_item<const fragile&>> items;
    items.push_back({fragile{fragile::never, 0, std::vector<double>(10'000)}});
    items.push_back({fragile{fragile::on_encode, 1, std::vector<double>(10'000)}});
    items.push_back({fragile{fragile::on_decode, 2, std::vector<double>(10'000)}});
    items.push_back({fragile{fragile::never, 3, std::vector<double>(10'000)}});
    auto done = run_remotely<int (*)(const fragile&), const fragile&>(number_of, std::move(items));
    ASSERT_EQ(done.outcomes.size(), 4u);
    EXPECT_EQ(done.outcomes[0].value(), 0);
    const auto encoding = thrown_by<payload_error>(done.outcomes[1]);
    EXPECT_NE(encoding.find("argument could not be encoded"), std::string::npos) << encoding;
    EXPECT_NE(encoding.find("fragile"), std::string::npos) << encoding;
    EXPECT_NE(encoding.find("does not encode"), std::string::npos) << encoding;
    EXPECT_NE(thrown_by<payload_error>(done.outcomes[2]).find("argument could not be decoded"),
              std::string::npos);
    EXPECT_EQ(done.outcomes[3].value(), 3);
}

TEST(remote_chunk, fails_only_the_result_that_does_not_encode_or_decode) {
    auto done = run_remotely<fragile (*)(fragile::place), fragile::place>(
        make_fragile, {{fragile::never}, {fragile::on_encode}, {fragile::on_decode}, {fragile::never}});
    ASSERT_EQ(done.outcomes.size(), 4u);
    EXPECT_EQ(done.outcomes[0].value().number, 3);
    EXPECT_NE(thrown_by<payload_error>(done.outcomes[1]).find("result could not be encoded"),
              std::string::npos);
    EXPECT_NE(thrown_by<payload_error>(done.outcomes[2]).find("result could not be decoded"),
              std::string::npos);
    EXPECT_EQ(done.outcomes[3].value().number, 3);
}

TEST(remote_chunk, borrows_large_items_and_results) {
    const std::vector<double> large(100'000, 1.5);
    const std::string text(100'000, 't');
    const auto same = [](std::vector<double> values, const std::string&) { return values; };
    using f = decltype(same);
    std::vector<chunk_item<std::vector<double>, const std::string&>> items;
    for (int i = 0; i != 3; ++i) items.push_back({large, text});
    const encoded_call call = encode_chunk<f, std::vector<double>, const std::string&>(same, items);
    EXPECT_EQ(call.borrowed.size(), 6u);
    EXPECT_NE(call.held, nullptr);
    EXPECT_LT(call.flat->size(), 1'000u);
    const auto bytes = assembled(*call.flat, call.borrowed);
    local_call local(bytes, nullptr);
    call.callable.descriptor->run(local);
    EXPECT_EQ(local.pieces, 3u);
    auto done = decoded<std::vector<double>>(local.result);
    ASSERT_EQ(done.outcomes.size(), 3u);
    for (auto& outcome : done.outcomes) EXPECT_TRUE(outcome.value() == large);
}

TEST(remote_chunk, sends_the_state_of_its_callable_once) {
    auto done = run_remotely<adder, int>(adder{10}, {{1}, {1}, {1}});
    EXPECT_EQ(done.outcomes[0].value(), 11);
    EXPECT_EQ(done.outcomes[2].value(), 13) << "one object for the whole chunk";
}

TEST(remote_chunk, throws_when_its_callable_does_not_encode) {
    std::vector<chunk_item<int>> items{{1}};
    EXPECT_THROW((encode_chunk<secretive, int>(secretive{}, items)), payload_error);
}

TEST(remote_chunk, refuses_arguments_that_are_no_chunk) {
    const auto same = [](const std::string& x) { return x; };
    using f = decltype(same);
    std::vector<chunk_item<const std::string&>> items{{"one"}, {"two"}};
    const encoded_call call = encode_chunk<f, const std::string&>(same, items, "label");
    const auto bytes = assembled(*call.flat, {});
    for (std::size_t length = 0; length != bytes.size(); ++length) {
        const auto some = std::span(bytes).first(length);
        local_call local(some, nullptr);
        EXPECT_THROW(call.callable.descriptor->run(local), crossing_failure) << length;
    }
}

TEST(remote_chunk, survives_every_spoilt_byte) {
    const auto same = [](const std::string& x) { return x == "two" ? throw std::out_of_range(x) : x; };
    using f = decltype(same);
    std::vector<chunk_item<const std::string&>> items{{"one"}, {"two"}, {"three"}};
    const encoded_call call = encode_chunk<f, const std::string&>(same, items, "label");
    const auto good = assembled(*call.flat, {});
    local_call local(good, nullptr);
    call.callable.descriptor->run(local);
    std::size_t refused = 0;
    for (const auto& whole : {good, local.result})
        for (std::size_t i = 0; i != whole.size(); ++i)
            for (const int change : {1, 0x80, 0xff}) {
                auto bytes = whole;
                bytes[i] ^= static_cast<std::byte>(change);
                try {
                    if (whole == good) {
                        local_call again(bytes, nullptr);
                        call.callable.descriptor->run(again);
                    } else {
                        EXPECT_LE(decoded<std::string>(bytes).outcomes.size(), 3u);
                    }
                } catch (const crossing_failure&) {
                    ++refused;
                } catch (const payload_error&) {
                    ++refused;
                }
            }
    EXPECT_GT(refused, 0u);
}

TEST(remote_chunk, refuses_results_that_are_cut_off) {
    const auto same = [](int x) { return x; };
    std::vector<chunk_item<int>> items{{1}, {2}};
    const encoded_call call = encode_chunk<decltype(same), int>(same, items);
    const auto bytes = assembled(*call.flat, {});
    local_call local(bytes, nullptr);
    call.callable.descriptor->run(local);
    for (std::size_t length = 0; length != local.result.size(); ++length)
        EXPECT_THROW(decoded<int>(std::span(local.result).first(length)), payload_error) << length;
}

}  // namespace
}  // namespace penstock::detail

// SPDX-License-Identifier: MIT
// Fuzzes what a worker does with the body of a task: the name of the callable (in full, under its seal, or as a
// number), then the arguments of calls of many kinds. Any bytes are refused with a reason or give values, and values
// that were taken come back as they are.
#include "fuzz/fuzzing.hpp"

#include "os/loaded_modules.hpp"
#include "wire/task_token.hpp"
#include "worker/task_registry.hpp"

#include <penstock/buffer.hpp>
#include <penstock/detail/remote_chunk.hpp>

#include <chrono>
#include <deque>
#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

namespace penstock::fuzz {
namespace {

using detail::byte_buffer;
using detail::callable_descriptor;

struct point {
    int x = 0;
    std::string name;
    std::vector<double> values;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(x, name, values);
    }
};
/// As deep as the bytes like. (Shared pointers could be made a ring, which leaks by its nature.)
struct chain {
    std::unique_ptr<chain> next;
    std::shared_ptr<std::string> other;
    template <class Archive>
    void serialize(Archive& archive) {
        archive(next, other);
    }
};
struct scaled {
    int factor = 1;
    std::map<int, std::string> names;
    int operator()(int x) const { return static_cast<int>(factor * std::int64_t{x} % 1000); }
    template <class Archive>
    void serialize(Archive& archive) {
        archive(factor, names);
    }
};

using many = std::tuple<std::map<std::string, point>, std::optional<std::vector<std::string>>,
                        std::variant<int, std::string, std::vector<bool>>, std::list<bool>,
                        std::deque<std::u32string>>;
using others =
    std::tuple<std::filesystem::path, std::chrono::nanoseconds, std::set<std::vector<int>>,
               std::unordered_map<int, std::pair<char, bool>>, buffer, std::vector<std::vector<double>>>;

template <class T>
T echo(T value) {
    return value;
}
int sum(std::string_view text, std::span<const int> numbers) {
    return static_cast<int>(text.size() + numbers.size());
}

/// A task of one signature, and what may come out of it.
struct kind_of_task {
    const callable_descriptor* descriptor;
    void (*function)();
    void (*check_result)(std::span<const std::byte>);
};

template <class R>
void check_result(std::span<const std::byte> bytes) {
    std::optional<R> slot;
    detail::decode_result<R>(bytes, &slot);  // throws when it is not what was sent
}

template <class R, class... P>
kind_of_task function(R (*f)(P...)) {
    return {&detail::remote_call<R (*)(P...), detail::type_list<P...>>::descriptor,
            reinterpret_cast<void (*)()>(f), &check_result<R>};
}
template <class T>
kind_of_task echo_of() {
    return function(&echo<T>);
}

const kind_of_task kinds[] = {
    echo_of<int>(),
    function(&sum),
    echo_of<point>(),
    echo_of<many>(),
    echo_of<others>(),
    echo_of<chain>(),
    {&detail::remote_call<scaled, detail::type_list<int>>::descriptor, nullptr, &check_result<int>},
    {&detail::remote_chunk<point (*)(point), detail::type_list<point>>::descriptor,
     reinterpret_cast<void (*)()>(&echo<point>), &check_result<detail::chunk_result<point>>},
};

/// Keeps the reply.
class recorded_call final : public detail::task_call {
public:
    using task_call::task_call;
    byte_buffer& result_buffer() override { return flat_; }
    void reply(std::span<const detail::borrowed_piece> borrowed) override {
        std::size_t from = 0;
        for (const auto& piece : borrowed) {
            whole.append(flat_.data() + from, piece.at - from);
            whole.append(piece.data, piece.size);
            from = piece.at;
        }
        whole.append(flat_.data() + from, flat_.size() - from);
        replied = true;
    }
    byte_buffer whole;
    bool replied = false;

private:
    byte_buffer flat_;
};

void run_task(const kind_of_task& kind, std::span<const std::byte> arguments) {
    byte_buffer frame;
    frame.append(arguments.data(), arguments.size());
    recorded_call call(frame.bytes(), kind.function, &frame);
    try {
        kind.descriptor->run(call);
    } catch (const detail::crossing_failure& failure) {
        expect(failure.side == payload_side::argument_decode, "what was decoded encodes");
        expect(!failure.type_name.empty() && !failure.reason.empty(), "the failure names type and reason");
        return;
    }
    expect(call.replied, "there is an answer");
    kind.check_result(call.whole.bytes());
}

/// A token that is nearly right: that of a real callable, with what the input changes in it.
wire::task_token nearly_right(input& in) {
    const auto& kind = kinds[in.number<std::uint8_t>() % std::size(kinds)];
    const auto place_of = [&](const void* address) {
        wire::token_place place;
        if (const auto found = os::locate(address)) place = {found->module.bytes, found->offset, ""};
        place.offset += in.number<std::uint16_t>() % 4 == 0 ? in.number<std::uint64_t>() : 0;
        if (in.number<std::uint8_t>() % 4 == 0)
            place.module[in.number<std::uint8_t>() % 20] ^= in.number<std::uint8_t>();
        return place;
    };
    wire::task_token token{kind.descriptor->type_hash ^ (in.number<std::uint8_t>() % 4),
                           place_of(kind.descriptor),
                           kind.function != nullptr,
                           {}};
    if (token.has_function) token.function = place_of(reinterpret_cast<const void*>(kind.function));
    return token;
}

bool is_one_of_ours(const callable_descriptor* found) {
    for (const auto& kind : kinds)
        if (kind.descriptor == found) return true;
    return false;
}

/// Names are defined and looked up, as by the frames of a pool. What is found is a real callable, whatever was asked
/// for.
void look_up(input in) {
    constexpr std::uint64_t key = 0x1122334455667788u;
    worker::task_registry registry;
    while (!in.empty()) {
        byte_buffer bytes;
        detail::output_archive out(bytes);
        const auto how = in.number<std::uint8_t>();
        const std::uint32_t number = in.number<std::uint8_t>();
        if (how % 4 == 0) {
            const auto raw = in.take(how);
            bytes.append(raw.data(), raw.size());
        } else {
            wire::encode_token(out, nearly_right(in), key);
        }
        if (how % 4 == 1)
            bytes.data()[in.number<std::uint8_t>() % bytes.size()] ^=
                static_cast<std::byte>(in.number<std::uint8_t>());
        try {
            detail::input_archive archive(bytes.bytes());
            registry.define(number, wire::decode_token(archive, key));
        } catch (const detail::archive_error&) {
        }
        try {
            const detail::callable_ref found = registry.find(number);
            expect(is_one_of_ours(found.descriptor), "what a name leads to is a callable");
        } catch (const detail::archive_error&) {
        }
    }
}

}  // namespace
}  // namespace penstock::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace penstock::fuzz;
    input in(data, size);
    const std::size_t what = in.number<std::uint8_t>() % (std::size(kinds) + 1);
    if (what == std::size(kinds)) look_up(in);
    else run_task(kinds[what], in.rest());
    return 0;
}

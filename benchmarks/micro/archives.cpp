// SPDX-License-Identifier: MIT
// The same values through Penstock's archives and through cereal's binary ones, which write to a stream: one made for
// each value, as each is a message of its own, and, for comparison, one that is used again and again.
#include "person.hpp"

#include <penstock/detail/call.hpp>

#include <benchmark/benchmark.h>
#include <cereal/archives/binary.hpp>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace penstock::bench {

namespace {

// The arguments of a task each.
using two_ints = std::tuple<int, int>;
using struct_with_string = std::tuple<person>;
using million_doubles = std::tuple<std::vector<double>>;
using strings_100k = std::tuple<std::vector<std::string>>;
using map_10k = std::tuple<std::map<std::string, std::uint64_t>>;

template <class Task>
Task sample();
template <>
two_ints sample() {
    return {1, 2};
}
template <>
struct_with_string sample() {
    return {person{7, "a name that is too long for the string itself"}};
}
template <>
million_doubles sample() {
    return {std::vector<double>(1'000'000, 1.5)};
}
template <>
strings_100k sample() {
    std::vector<std::string> all;
    for (int i = 0; i != 100'000; ++i) all.push_back("string number " + std::to_string(i));
    return {all};
}
template <>
map_10k sample() {
    std::map<std::string, std::uint64_t> all;
    for (std::uint64_t i = 0; i != 10'000; ++i) all.emplace("key " + std::to_string(i * 7919 % 10'000), i);
    return {all};
}

template <class Archive, class Task>
void archive_all(Archive& archive, Task& task) {
    std::apply([&](auto&... arguments) { archive(arguments...); }, task);
}

/// What one side wrote, it reads again.
template <class In, class Source, class Task>
void require_back(Source& source, const Task& task) {
    Task received;
    In archive(source);
    archive_all(archive, received);
    if (received != task) std::abort();
}

template <class Task>
void encode_penstock(benchmark::State& state) {
    const Task task = sample<Task>();
    detail::byte_buffer flat;
    for (auto _ : state) {
        flat.clear();
        detail::output_archive archive(flat);
        archive.allow_borrowing(true);  // as for arguments that were given away, and for results
        archive_all(archive, task);
        benchmark::DoNotOptimize(flat.data());
        benchmark::DoNotOptimize(archive.borrowed().data());
    }
}

template <class Task>
void encode_cereal(benchmark::State& state) {
    const Task task = sample<Task>();
    for (auto _ : state) {
        std::ostringstream stream;
        cereal::BinaryOutputArchive archive(stream);
        archive_all(archive, task);
        benchmark::DoNotOptimize(stream.rdbuf());
    }
}

template <class Task>
void encode_cereal_reusing(benchmark::State& state) {
    const Task task = sample<Task>();
    std::ostringstream stream;
    for (auto _ : state) {
        stream.seekp(0);
        cereal::BinaryOutputArchive archive(stream);
        archive_all(archive, task);
        benchmark::DoNotOptimize(stream.rdbuf());
    }
}

template <class Task>
void decode_penstock(benchmark::State& state) {
    const Task task = sample<Task>();
    detail::byte_buffer bytes;
    detail::output_archive out(bytes);
    archive_all(out, task);
    const std::span<const std::byte> whole = bytes.bytes();
    require_back<detail::input_archive>(whole, task);
    for (auto _ : state) {
        Task received;
        detail::input_archive archive(whole);
        archive_all(archive, received);
        archive.expect_end();
        benchmark::DoNotOptimize(received);
    }
}

template <class Task>
std::string cereal_bytes(const Task& task) {
    std::stringstream stream;
    cereal::BinaryOutputArchive archive(stream);
    archive_all(archive, task);
    require_back<cereal::BinaryInputArchive>(stream, task);
    return stream.str();
}

template <class Task>
void decode_cereal(benchmark::State& state) {
    const std::string bytes = cereal_bytes(sample<Task>());
    for (auto _ : state) {
        std::istringstream stream(bytes);
        Task received;
        cereal::BinaryInputArchive archive(stream);
        archive_all(archive, received);
        benchmark::DoNotOptimize(received);
    }
}

template <class Task>
void decode_cereal_reusing(benchmark::State& state) {
    std::istringstream stream(cereal_bytes(sample<Task>()));
    for (auto _ : state) {
        stream.seekg(0);
        Task received;
        cereal::BinaryInputArchive archive(stream);
        archive_all(archive, received);
        benchmark::DoNotOptimize(received);
    }
}

#define COMPARE(Task)                       \
    BENCHMARK(encode_penstock<Task>);       \
    BENCHMARK(encode_cereal<Task>);         \
    BENCHMARK(encode_cereal_reusing<Task>); \
    BENCHMARK(decode_penstock<Task>);       \
    BENCHMARK(decode_cereal<Task>);         \
    BENCHMARK(decode_cereal_reusing<Task>)
COMPARE(two_ints);
COMPARE(struct_with_string);
COMPARE(million_doubles);
COMPARE(strings_100k);
COMPARE(map_10k);
#undef COMPARE

}  // namespace

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
// What it costs to turn a small call or value into bytes and back.
#include "person.hpp"

#include <penstock/detail/call.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <optional>
#include <string>

namespace penstock::bench {

namespace {

int add(int a, int b) { return a + b; }
std::uint64_t id_of(const person& p) { return p.id; }

person someone() { return {7, "a name that is too long for the string itself"}; }

template <class F, class... Args>
std::size_t encode(F f, Args&&... arguments) {
    return detail::call_encoder_for<F, Args...>::encode(f, arguments...).size();
}

void encode_two_ints(benchmark::State& state) {
    int number = 0;
    for (auto _ : state) benchmark::DoNotOptimize(encode(&add, ++number, 2));
}
BENCHMARK(encode_two_ints);

void encode_person(benchmark::State& state) {
    const person one = someone();
    for (auto _ : state) benchmark::DoNotOptimize(encode(&id_of, one));
}
BENCHMARK(encode_person);

/// The bytes of a value as a worker would send them.
template <class T>
detail::byte_buffer bytes_of(const T& value) {
    detail::byte_buffer bytes;
    detail::output_archive out(bytes);
    out(value);
    return bytes;
}

template <class T>
void decode(benchmark::State& state, const T& value) {
    const detail::byte_buffer bytes = bytes_of(value);
    for (auto _ : state) {
        std::optional<T> slot;
        detail::decode_result<T>(bytes.bytes(), &slot);
        benchmark::DoNotOptimize(slot);
    }
}
void decode_int(benchmark::State& state) { decode(state, 42); }
BENCHMARK(decode_int);
void decode_person(benchmark::State& state) { decode(state, someone()); }
BENCHMARK(decode_person);

}  // namespace

}  // namespace penstock::bench

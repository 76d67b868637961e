// SPDX-License-Identifier: MIT
#include "common/cannot_measure.hpp"
#include "common/median.hpp"
#include "common/payload.hpp"
#include "common/require.hpp"
#include "common/stopwatch.hpp"
#include "probes/forked_child.hpp"
#include "probes/probes.hpp"
#include "probes/raw_pipe.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace penstock::bench {

namespace {

constexpr std::uint64_t seed = 7;

struct free_memory {
    void operator()(std::uint64_t* words) const { std::free(words); }
};
using block = std::unique_ptr<std::uint64_t, free_memory>;

/// As large a block comes from the kernel each time: its pages are made when they are first written.
block new_block() {
    block memory(static_cast<std::uint64_t*>(std::malloc(payload_bytes)));
    if (!memory) throw std::bad_alloc{};
    return memory;
}
block warm_block() {
    block memory = new_block();
    std::memset(memory.get(), 1, payload_bytes);
    return memory;
}
bool holds_payload(const block& memory) { return is_payload({memory.get(), payload_words}, seed); }

/// Sends the payload whenever it is asked for it by a byte.
[[noreturn]] void send_on_demand(const raw_pipe& requests, const raw_pipe& data) {
    const block payload = new_block();
    fill_payload({payload.get(), payload_words}, seed);
    for (char wanted;;) {
        read_all(requests.read_end(), &wanted, 1);
        write_all(data.write_end(), payload.get(), payload_bytes);
    }
}

/// Seconds for one payload into that memory.
double receive(const raw_pipe& requests, const raw_pipe& data, std::uint64_t* memory) {
    const stopwatch time;
    write_all(requests.write_end(), "", 1);
    read_all(data.read_end(), memory, payload_bytes);
    return time.seconds();
}

double into_fresh(const raw_pipe& requests, const raw_pipe& data) {
    const stopwatch time;
    const block memory = new_block();
    receive(requests, data, memory.get());
    const double took = time.seconds();
    require(holds_payload(memory), "a payload in fresh memory");
    return took;
}

double into_warm(const raw_pipe& requests, const raw_pipe& data, const block& memory) {
    std::memset(memory.get(), 0, payload_bytes);
    const double took = receive(requests, data, memory.get());
    require(holds_payload(memory), "a payload in warm memory");
    return took;
}

measurements pipe_bandwidth(const request& asked, int pipe_bytes, const std::string& name) {
    const raw_pipe requests;
    const raw_pipe data;
    if (!data.resize(pipe_bytes))
        throw cannot_measure("the kernel grants no pipe of " + std::to_string(pipe_bytes) + " bytes");
    const forked_child sender([&] { send_on_demand(requests, data); });
    const block warm = warm_block();
    into_warm(requests, data, warm);  // the sender is ready then
    std::vector<double> fresh_times;
    std::vector<double> warm_times;
    for (int i = 0; i != asked.amount(7, 3); ++i) {
        fresh_times.push_back(into_fresh(requests, data));
        warm_times.push_back(into_warm(requests, data, warm));
    }
    return {{name + ", fresh memory", "", gigabytes_per_second(median(fresh_times)), "GB/s"},
            {name + ", warm memory", "", gigabytes_per_second(median(warm_times)), "GB/s"}};
}

double copy(const block& from, std::uint64_t seed_of_copy) {
    const block to = warm_block();
    const stopwatch time;
    std::memcpy(to.get(), from.get(), payload_bytes);
    const double took = time.seconds();
    require(is_payload({to.get(), payload_words}, seed_of_copy), "a copy");
    return took;
}

}  // namespace

measurements pipe_64k(const request& asked) { return pipe_bandwidth(asked, 64 << 10, "64 KiB pipe"); }
measurements pipe_1m(const request& asked) { return pipe_bandwidth(asked, 1 << 20, "1 MiB pipe"); }

measurements plain_memcpy(const request& asked) {
    const block from = new_block();
    fill_payload({from.get(), payload_words}, seed);
    std::vector<double> times;
    for (int i = 0; i != asked.amount(7, 3); ++i) times.push_back(copy(from, seed));
    return {{"memcpy, warm memory", "", gigabytes_per_second(median(times)), "GB/s"}};
}

}  // namespace penstock::bench

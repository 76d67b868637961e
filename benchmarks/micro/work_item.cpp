// SPDX-License-Identifier: MIT
// One task's node: made, answered, taken by its future; no other process.
#include "pool/work_item.hpp"

#include "pool/callable_table.hpp"

#include <penstock/future.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace penstock::bench {

namespace {

std::uint64_t null_task(std::uint64_t number) { return number; }

class no_pool final : public pool::task_owner {
public:
    bool cancel(pool::work_item&, bool) override { return false; }
    bool help(pool::work_item&) override { return false; }
    bool await(pool::work_item&) override { return false; }
    bool is_ours() const noexcept override { return true; }
    void run_callbacks(detail::shared_state&, detail::callback*) noexcept override {}
};

using encoder = detail::call_encoder_for<decltype(&null_task), std::uint64_t&>;

pool::work_item* make_item(std::uint64_t number, const std::shared_ptr<pool::task_owner>& owner) {
    auto call = encoder::encode(&null_task, number);
    const std::uint32_t callable = pool::callable_number(call.callable);
    return pool::work_item::make(std::move(call), callable, &detail::decode_result<std::uint64_t>, {}, owner);
}

void make_answer_get(benchmark::State& state) {
    const std::shared_ptr<pool::task_owner> owner = std::make_shared<no_pool>();
    std::uint64_t number = 0;
    for (auto _ : state) {
        pool::work_item* item = make_item(++number, owner);
        future<std::uint64_t> answer(detail::state_ref<detail::shared_state>::share(item));
        item->set_answer(wire::frame_kind::value, 1, std::as_bytes(std::span(&number, 1)));
        item->finish();
        if (answer.get() != number) state.SkipWithError("a wrong answer");
    }
    state.counters["node_bytes"] = static_cast<double>(sizeof(pool::work_item));
}
BENCHMARK(make_answer_get);

}  // namespace

}  // namespace penstock::bench

// SPDX-License-Identifier: MIT
#include <penstock/process_pool.hpp>

#include "os/executable.hpp"
#include "pool/process_engine.hpp"

#include <penstock/errors.hpp>

#include <system_error>

namespace penstock {

namespace {

/// A task that its coroutine has yet to launch.
class prepared_task final : public detail::later_launch::pool_side {
public:
    prepared_task(std::shared_ptr<pool::process_engine> engine, pool::process_engine::item_ref item)
        : engine_(std::move(engine)), item_(std::move(item)) {}
    bool launch(std::function<void()> resume) override {
        const auto engine = engine_; // the coroutine may go on, and destroy this object, before the call returns
        return engine->launch_later(item_, std::move(resume));
    }

private:
    std::shared_ptr<pool::process_engine> engine_;
    pool::process_engine::item_ref item_;
};

std::shared_ptr<pool::process_engine> start_engine(const pool_options& options) try {
    auto engine = std::make_shared<pool::process_engine>(options);
    engine->start();
    return engine;
} catch (const std::system_error& e) { // no descriptor or no thread to be had, before any worker was at fault
    throw start_error(std::string("penstock: a process pool cannot be made (") + e.what() + "); its workers would run",
                      os::describe_path(), e.code().value());
}

} // namespace

process_pool::process_pool(const pool_options& options) : engine_(start_engine(options)) {}

process_pool::~process_pool() {
    if (engine_->is_ours()) engine_->close();
    else new std::shared_ptr(std::move(engine_)); // in a forked child: its threads are not there, nothing can be ended
}

detail::state_ref<detail::shared_state> process_pool::launch(detail::encoded_call&& call, detail::decode_function* decode,
                                                             const task_options& options) {
    auto item = engine_->prepare(std::move(call), decode, options);
    engine_->launch(item);
    return item;
}

detail::state_ref<detail::shared_state> process_pool::try_launch(detail::encoded_call&& call, detail::decode_function* decode,
                                                                 const task_options& options) {
    auto item = engine_->prepare(std::move(call), decode, options);
    if (!engine_->try_launch(item)) return {};
    return item;
}

detail::state_ref<detail::shared_state> process_pool::launch_on(std::size_t worker, detail::encoded_call&& call,
                                                                detail::decode_function* decode, const task_options& options) {
    auto item = engine_->prepare(std::move(call), decode, options, static_cast<std::int32_t>(worker));
    engine_->launch_pinned(item);
    return item;
}

detail::later_launch process_pool::launch_later(detail::encoded_call&& call, detail::decode_function* decode,
                                                const task_options& options) {
    auto item = engine_->prepare(std::move(call), decode, options);
    auto future_side = detail::state_ref<detail::shared_state>::share(item.get());
    return {std::move(future_side), std::make_unique<prepared_task>(engine_, std::move(item))};
}

void process_pool::wait_idle() { engine_->wait_idle(); }

void process_pool::shutdown(shutdown_mode mode) { engine_->shut_down(mode); }

void process_pool::reset() { engine_->reset(); }

void process_pool::resize(std::size_t workers) { engine_->resize(workers); }

std::size_t process_pool::workers() const { return engine_->workers(); }

pool_stats process_pool::stats() const { return engine_->stats(); }

} // namespace penstock

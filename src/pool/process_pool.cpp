// SPDX-License-Identifier: MIT
#include <penstock/process_pool.hpp>

#include "os/executable.hpp"
#include "pool/process_engine.hpp"

#include <penstock/errors.hpp>

#include <system_error>

namespace penstock {

namespace {

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

detail::state_ref<detail::shared_state> process_pool::enqueue(detail::encoded_call&& call, detail::decode_function* decode,
                                                              const task_options& options) {
    return engine_->submit(std::move(call), decode, options.label);
}

void process_pool::wait_idle() { engine_->wait_idle(); }

void process_pool::shutdown(shutdown_mode mode) { engine_->shut_down(mode); }

std::size_t process_pool::workers() const noexcept { return engine_->workers(); }

} // namespace penstock

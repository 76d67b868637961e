// SPDX-License-Identifier: MIT
#include <penstock/process_pool.hpp>

#include "pool/process_engine.hpp"

namespace penstock {

process_pool::process_pool(const pool_options& options) : engine_(std::make_shared<pool::process_engine>(options)) {
    engine_->start();
}

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

// SPDX-License-Identifier: MIT
#include "wire/payload_report.hpp"

#include <penstock/detail/bound_call.hpp>
#include <penstock/detail/task_call.hpp>

#include <penstock/errors.hpp>

#include <exception>

namespace penstock {

namespace detail {

namespace {

constexpr std::size_t most_kept = 64 * 1024; // a thread that once sent much does not keep that much

/// Runs a call in this very process; its result is dropped.
class call_here final : public task_call {
public:
    using task_call::task_call;
    byte_buffer& result_buffer() override { return result_; }
    void reply(std::span<const borrowed_piece>) override {}

private:
    byte_buffer result_;
};

} // namespace

void rethrow_as_crossing_failure(payload_side side, std::string_view type_name) {
    throw crossing_failure{side, std::string(type_name), wire::reason_of(std::current_exception())};
}

void rethrow_as_payload_error(payload_side side, std::string_view type_name) {
    throw payload_error(side, std::string(type_name), wire::reason_of(std::current_exception()));
}

byte_buffer& scratch_buffer() {
    thread_local byte_buffer buffer;
    if (buffer.capacity() > most_kept) buffer = byte_buffer();
    buffer.clear();
    return buffer;
}

} // namespace detail

bound_call::bound_call(std::function<void()> here) : here_(std::make_shared<const std::function<void()>>(std::move(here))) {}

bound_call::bound_call(detail::callable_ref callable, std::span<const std::byte> arguments) : callable_(callable) {
    auto copy = std::make_shared<detail::byte_buffer>();
    copy->append(arguments.data(), arguments.size());
    encoded_ = std::move(copy);
}

void bound_call::operator()() const {
    if (here_) return (*here_)();
    if (!encoded_) return;
    detail::call_here call(encoded_->bytes(), callable_.function);
    try {
        callable_.descriptor->run(call);
    } catch (const detail::crossing_failure& failure) {
        throw payload_error(failure.side, failure.type_name, failure.reason);
    }
}

} // namespace penstock

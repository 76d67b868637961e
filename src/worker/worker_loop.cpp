// SPDX-License-Identifier: MIT
#include "worker/worker_loop.hpp"

#include "wire/boot_message.hpp"
#include "wire/exit_code.hpp"
#include "wire/payload_report.hpp"
#include "wire/remote_error.hpp"
#include "worker/connection.hpp"
#include "worker/forced_unwind.hpp"
#include "worker/resource_limits.hpp"
#include "worker/silent_call.hpp"
#include "worker/task_registry.hpp"
#include "worker/task_signals.hpp"
#include "worker/worker_task.hpp"

#include <penstock/detail/process_role.hpp>

#include <cxxabi.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace penstock::worker {

namespace {

using detail::byte_buffer;
using wire::frame_kind;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto longest_silence = 200us; // so long answers of a batch may wait for those behind them

/// As answers tell it: in units of 64 ns.
std::uint32_t ticks_between(clock::time_point began, clock::time_point ended) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>((ended - began).count() / 64, 0, wire::max_tag));
}

/// One task, from its arguments to its answer.
class pipe_call final : public detail::task_call {
public:
    /// `encoded` is the end of the frame.
    pipe_call(wire::frame_in& frame, std::span<const std::byte> encoded, const detail::callable_ref& callable,
              connection& pipes, byte_buffer& result, clock::time_point began)
        : task_call(encoded, callable.function, &frame.large), pipes_(pipes), result_(result), task_(frame.head.task), began_(began) {
        result_.clear();
    }
    byte_buffer& result_buffer() override { return result_; }
    void reply(std::span<const detail::borrowed_piece> borrowed) override {
        std::uint64_t length = result_.size();
        for (const auto& piece : borrowed) length += piece.size;
        if (length > pipes_.max_payload())
            throw detail::crossing_failure{payload_side::result_encode, std::string(result_type()),
                                           "the result takes " + std::to_string(length) + " bytes, max_payload allows " +
                                               std::to_string(pipes_.max_payload())};
        ended_ = clock::now();
        pipes_.answer(frame_kind::value, task_, ticks_between(began_, ended_), result_.bytes(), borrowed);
        replied_ = true;
    }
    bool replied() const noexcept { return replied_; }
    /// Just before it was answered.
    clock::time_point ended() const noexcept { return ended_; }

private:
    connection& pipes_;
    byte_buffer& result_;
    std::uint64_t task_;
    clock::time_point began_;
    clock::time_point ended_;
    bool replied_ = false;
};

class worker_loop {
public:
    int run();

private:
    bool boot();
    bool limit_resources();
    PENSTOCK_CATCHES_FORCED_UNWIND bool initialize();
    PENSTOCK_CATCHES_FORCED_UNWIND void finalize() noexcept;
    void serve_batch(const wire::frame_in& batch);
    PENSTOCK_CATCHES_FORCED_UNWIND clock::time_point serve(wire::frame_in& frame, clock::time_point now);
    detail::callable_ref callable_for(const wire::frame_in& frame, detail::input_archive& in);
    void report(const wire::frame_in& frame, const detail::crossing_failure& failure, clock::time_point began);

    wire::boot_message boot_;
    connection pipes_;
    worker_task& task_ = worker_task::install(pipes_);
    task_registry registry_;
    std::optional<task_signals> signals_; // once the initializer has run
    byte_buffer result_;
};

int worker_loop::run() try {
    if (!boot()) return 0;
    signals_.emplace();
    while (auto frame = pipes_.receive()) {
        if (frame->head.kind() == frame_kind::bye) {
            finalize();
            return 0;
        }
        if (frame->head.kind() == frame_kind::batch) serve_batch(*frame);
        else serve(*frame, clock::now());
        task_.end();
        signals_->restore();
    }
    return wire::exit_lost_connection; // nobody said bye: the pool is gone, or a task put something else in the pipe's place
} catch (const std::bad_alloc&) { // from receive: there is no task as yet that could be told
    std::fprintf(stderr, "penstock: worker %d ends: no memory for the arguments of its next task\n", static_cast<int>(getpid()));
    _exit(wire::exit_out_of_memory);
}

bool worker_loop::boot() {
    const auto frame = pipes_.receive();
    if (!frame) return false;
    try {
        if (frame->head.kind() != frame_kind::boot) throw detail::archive_error("the first frame is not a boot frame");
        detail::input_archive in(frame->bytes());
        in(boot_);
        in.expect_end();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "penstock: worker %d ends: its boot frame does not decode: %s\n", static_cast<int>(getpid()), e.what());
        _exit(wire::exit_bad_start);
    }
    pipes_.use(boot_.key, boot_.max_payload);
    detail::this_process().pool_depth = boot_.pool_depth;
    if (boot_.flushes_output) pipes_.flush_output_first();
    if (boot_.has_page) pipes_.share_page(boot_.spins);
    return limit_resources() && initialize();
}

bool worker_loop::limit_resources() {
    const std::string problem = apply_limits(boot_.limits, boot_.nice);
    if (problem.empty()) return true;
    pipes_.send(frame_kind::limits_failed, 0, 0, std::as_bytes(std::span(problem)));
    return false;
}

bool worker_loop::initialize() {
    if (boot_.has_initializer || boot_.has_preload) {
        try {
            if (boot_.has_preload) run_silently(boot_.preload, boot_.preload_arguments);
            if (boot_.has_initializer) run_silently(boot_.initializer, boot_.initializer_arguments);
        } catch (const abi::__forced_unwind&) {
            _exit(wire::exit_thread_ended);
        } catch (const detail::crossing_failure& failure) {
            const payload_error error(failure.side, failure.type_name, failure.reason);
            pipes_.send(frame_kind::init_failed, 0, 0, wire::encode_exception(std::make_exception_ptr(error)).bytes());
            return false;
        } catch (...) {
            pipes_.send(frame_kind::init_failed, 0, 0, wire::encode_exception(std::current_exception()).bytes());
            return false;
        }
    }
    pipes_.send(frame_kind::ready, 0, 0, {});
    return true;
}

/// After the last task. Nobody waits for it but the pool's grace.
void worker_loop::finalize() noexcept {
    if (!boot_.has_finalizer) return;
    const char* what = "an exception that is not a std::exception";
    try {
        return run_silently(boot_.finalizer, boot_.finalizer_arguments);
    } catch (const abi::__forced_unwind&) {
        _exit(wire::exit_thread_ended);
    } catch (const detail::crossing_failure& failure) {
        std::fprintf(stderr, "penstock: the finalizer of worker %d did not run: %s\n", static_cast<int>(getpid()), failure.reason.c_str());
        return;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "penstock: the finalizer of worker %d threw: %s\n", static_cast<int>(getpid()), e.what());
        return;
    } catch (...) {
    }
    std::fprintf(stderr, "penstock: the finalizer of worker %d threw %s\n", static_cast<int>(getpid()), what);
}

/// Takes the token off the front of the arguments when there is one.
detail::callable_ref worker_loop::callable_for(const wire::frame_in& frame, detail::input_archive& in) {
    try {
        if (frame.head.kind() == frame_kind::task_with_token) registry_.define(frame.head.tag(), wire::decode_token(in, pipes_.key()));
        else if (frame.head.kind() != frame_kind::task) throw detail::archive_error("a frame of an unknown kind");
        return registry_.find(frame.head.tag());
    } catch (const detail::archive_error& e) {
        throw detail::crossing_failure{payload_side::argument_decode, "callable", e.what()};
    }
}

/// Several small tasks in one packet. The pool may take away those that were not begun.
void worker_loop::serve_batch(const wire::frame_in& batch) {
    const auto number = static_cast<std::uint32_t>(batch.head.task);
    pipes_.begin_batch(number, static_cast<std::uint16_t>(batch.head.tag()));
    auto flushed = clock::now();
    auto began = flushed;
    wire::frame_in task;
    for (auto left = batch.body; wire::split_frame(left, task) && pipes_.claim_task();) {
        const auto ended = serve(task, began);
        if (signals_->restore_after(ended - std::exchange(began, ended))) {
            pipes_.expect_pipes();
            began = clock::now(); // not the next task's time
        }
        if (began - flushed > longest_silence) {
            pipes_.flush();
            began = flushed = clock::now();
        }
    }
    pipes_.end_batch();
}

/// Returns when it ended: where the next one begins.
clock::time_point worker_loop::serve(wire::frame_in& frame, clock::time_point now) {
    try {
        detail::input_archive in(frame.bytes());
        const detail::callable_ref callable = callable_for(frame, in);
        pipe_call call(frame, frame.bytes().last(in.left()), callable, pipes_, result_, now);
        task_.begin(frame.head.task);
        callable.descriptor->run(call);
        if (!call.replied()) // a compiler may drop what follows undefined behaviour, and the pool would wait for ever
            throw detail::crossing_failure{payload_side::result_encode, std::string(call.result_type()), "the task came back without a result"};
        return call.ended();
    } catch (const abi::__forced_unwind&) { // pthread_exit: the thread is going, and so must the worker, at once
        _exit(wire::exit_thread_ended);
    } catch (const detail::crossing_failure& failure) {
        report(frame, failure, now);
    } catch (...) {
        const byte_buffer error = wire::encode_exception(std::current_exception());
        pipes_.answer(frame_kind::exception, frame.head.task, ticks_between(now, clock::now()), error.bytes());
    }
    return clock::now();
}

void worker_loop::report(const wire::frame_in& frame, const detail::crossing_failure& failure, clock::time_point began) {
    const wire::payload_report report{failure.side, failure.type_name, failure.reason};
    result_.clear();
    detail::output_archive out(result_);
    out(report);
    pipes_.answer(frame_kind::undecodable, frame.head.task, ticks_between(began, clock::now()), result_.bytes());
}

} // namespace

int run_worker() { return worker_loop().run(); }

} // namespace penstock::worker

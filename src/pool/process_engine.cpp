// SPDX-License-Identifier: MIT
// The verbs of the engine, which any thread calls. What the I/O thread does is in process_engine_io.cpp.
#include "pool/process_engine.hpp"

#include "pool/callable_table.hpp"

#include <penstock/detail/process_role.hpp>
#include <penstock/errors.hpp>
#include <penstock/init.hpp>

#include <sys/auxv.h>
#include <sys/resource.h>

#include <csignal>
#include <random>

namespace penstock::pool {

namespace {

constexpr std::size_t most_workers = 65'536;
constexpr std::uint32_t deepest_pool = 8;
constexpr std::size_t packets_a_pipe = 16; // each takes a page of the pipe, of which it has 16
constexpr std::size_t descriptors_a_worker = 4;
constexpr std::size_t descriptors_a_pool = 8; // poller, wake-up, and what one start needs for a moment

std::size_t count_workers(std::size_t wanted) {
    if (wanted == 0) return available_cpus();
    if (wanted <= most_workers) return wanted;
    throw std::invalid_argument("penstock: pool_options.workers is " + std::to_string(wanted) + "; at most " +
                                std::to_string(most_workers) + " are possible, 0 means one for each usable CPU");
}

void check_place() {
    if (!detail::this_process().initialized)
        throw not_initialized("penstock: a process pool was made before penstock::init(argc, argv) ran: make it the first "
                              "line of main, or link the CMake target penstock::main");
    if (getauxval(AT_SECURE) != 0) // its workers would not be recognised as such: see init
        throw error("penstock: a set-uid program (or one with file capabilities) cannot have a process pool");
    if (detail::this_process().pool_depth >= deepest_pool)
        throw error("penstock: pools inside workers are nested " + std::to_string(deepest_pool) + " deep already");
}

wire::boot_message make_boot(const pool_options& options) {
    std::random_device random;
    wire::boot_message boot;
    boot.key = (std::uint64_t{random()} << 32) | random();
    boot.max_payload = options.max_payload;
    boot.pool_depth = detail::this_process().pool_depth + 1;
    if (!options.initializer) return boot;
    if (!options.initializer.can_be_sent())
        throw std::invalid_argument("penstock: pool_options.initializer cannot be sent to a process (a lambda with "
                                    "captures?): use a function and pass the values as arguments of call()");
    const auto arguments = options.initializer.arguments();
    const auto* first = reinterpret_cast<const char*>(arguments.data());
    boot.has_initializer = true;
    boot.initializer = make_token(options.initializer.callable());
    boot.initializer_arguments.assign(first, first + arguments.size());
    return boot;
}

std::size_t find_depth() {
    const os::channel probe;
    return probe.can_take_back() ? packets_a_pipe : 1;
}

} // namespace

process_engine::process_engine(const pool_options& options)
    : options_((check_place(), options)), command_(os::own_executable()), boot_(make_boot(options)),
      forks_(detail::fork_generation()), records_(count_workers(options.workers)) {
    check_descriptor_limit();
    dispatcher_.emplace(static_cast<fleet&>(*this), records_.size(), find_depth());
    poller_.add(wake_.fd(), 0, true, false);
}

process_engine::~process_engine() = default;

void process_engine::check_descriptor_limit() const {
    rlimit limit{};
    const std::size_t needed = descriptors_a_worker * records_.size() + descriptors_a_pool;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < needed)
        throw start_error("penstock: " + std::to_string(records_.size()) + " workers need " + std::to_string(needed) +
                              " file descriptors, RLIMIT_NOFILE allows " + std::to_string(limit.rlim_cur) +
                              " (raise it with ulimit -n, or use fewer workers); cannot start",
                          os::describe_path(), EMFILE);
}

void process_engine::start() {
    first_starts_ = records_.size();
    dispatcher_->start_all();
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); // the program's signals are none of our thread's business
    try {
        thread_ = std::thread([self = shared_from_this()] { self->run(); });
    } catch (...) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        throw;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return first_starts_ == 0 || start_error_ || ended_; });
    if (!start_error_ && first_starts_ == 0) return;
    if (!start_error_) start_error_ = std::make_exception_ptr(*broken_); // the I/O thread failed
    lock.unlock();
    shut_down(shutdown_mode::kill);
    close();
    std::rethrow_exception(start_error_);
}

std::exception_ptr process_engine::cancelled(const work_item& item) {
    const std::string task = item.label().empty() ? "a task" : "task '" + item.label() + "'";
    return std::make_exception_ptr(task_cancelled("penstock: " + task + " was cancelled before it ran"));
}

bool process_engine::is_ours() const noexcept { return forks_ == detail::fork_generation(); }

void process_engine::refuse() const {
    if (broken_) throw pool_broken(*broken_);
    throw pool_closed("penstock: the pool was shut down and takes no more tasks");
}

detail::state_ref<detail::shared_state> process_engine::submit(detail::encoded_call&& call, detail::decode_function* decode,
                                                               const std::string& label) {
    if (!is_ours()) throw pool_closed("penstock: this pool belongs to the process that made it, not to its forked child");
    if (call.size() > options_.max_payload)
        throw payload_error(payload_side::argument_encode, "arguments",
                            "they take " + std::to_string(call.size()) + " bytes, pool_options.max_payload allows " +
                                std::to_string(options_.max_payload));
    auto* item = work_item::make(std::move(call), callable_number(call.callable), decode, label, shared_from_this());
    auto future_side = detail::state_ref<detail::shared_state>::share(item);
    auto engine_side = detail::state_ref<work_item>::adopt(item);
    std::unique_lock lock(mutex_);
    if (dispatcher_->broken() && !dispatcher_->shutting_down()) { // the same to the caller as a moment before it broke
        item->set_error(std::make_exception_ptr(*broken_));
        lock.unlock();
        engine_side.detach()->finish();
        return future_side;
    }
    if (!dispatcher_->accepting()) refuse();
    item->id = next_id_++;
    ++open_;
    dispatcher_->submit(*engine_side.detach(), std::chrono::steady_clock::now());
    return future_side;
}

bool process_engine::cancel(work_item& item) {
    if (!is_ours()) return false;
    std::unique_lock lock(mutex_);
    if (!dispatcher_->cancel(item, std::chrono::steady_clock::now())) return false;
    wake_.signal(); // what was taken back with it may have changed what is due
    lock.unlock();
    item.set_error(cancelled(item));
    item.finish();
    lock.lock();
    if (--open_ == 0) changed_.notify_all();
    return true;
}

void process_engine::wait_idle() {
    if (!is_ours()) return;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
}

void process_engine::shut_down(shutdown_mode mode) {
    if (!is_ours()) return;
    std::unique_lock lock(mutex_);
    if (ended_) return;
    if (mode == shutdown_mode::kill && !broken_) abandoned_as_ = ending::closed;
    if (mode == shutdown_mode::cancel_pending && abandoned_as_ == ending::none) abandoned_as_ = ending::cancelled;
    dispatcher_->shut_down(mode, std::chrono::steady_clock::now());
    wake_.signal();
    changed_.wait(lock, [this] { return ended_; });
}

void process_engine::close() {
    shut_down(shutdown_mode::drain);
    if (thread_.joinable()) thread_.join();
    callbacks_.stop();
}

} // namespace penstock::pool

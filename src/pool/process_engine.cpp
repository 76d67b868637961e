// SPDX-License-Identifier: MIT
// The verbs of the engine, which any thread calls. Submitting is in process_engine_launch.cpp, what the I/O thread does in
// process_engine_io.cpp.
#include "pool/process_engine.hpp"

#include "pool/callable_table.hpp"
#include "pool/isolation.hpp"
#include "pool/longest_wait.hpp"
#include "pool/reach.hpp"

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

std::size_t count_workers(std::size_t wanted) {
    if (wanted == 0) return available_cpus();
    if (wanted <= most_workers) return wanted;
    throw std::invalid_argument("penstock: pool_options.workers is " + std::to_string(wanted) + "; at most " +
                                std::to_string(most_workers) + " are possible, 0 means one for each usable CPU");
}

/// A negative time is a mistake, whatever it was meant to say.
void check_times(const pool_options& options) {
    const std::pair<const char*, std::chrono::nanoseconds> times[] = {
        {"idle_timeout", options.idle_timeout},       {"task_timeout", options.task_timeout},
        {"start_timeout", options.start_timeout},     {"grace", options.grace},
        {"restart.window", options.restart.window},   {"restart.backoff", options.restart.backoff},
        {"restart.longest_backoff", options.restart.longest_backoff}};
    for (const auto& [field, time] : times)
        if (time.count() < 0) throw std::invalid_argument(std::string("penstock: pool_options.") + field + " is negative");
    if (options.start_timeout.count() == 0)
        throw std::invalid_argument("penstock: pool_options.start_timeout is 0: no worker could ever be ready");
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

os::self_command worker_command() {
    const auto& other = detail::this_process().worker_command;
    return other.empty() ? os::own_executable() : os::self_command{other.front(), other};
}

/// False when there is nothing to call.
bool pack(const char* field, const bound_call& call, wire::task_token& token, std::vector<char>& encoded) {
    if (!call) return false;
    if (!call.can_be_sent())
        throw std::invalid_argument(std::string("penstock: pool_options.") + field +
                                    " cannot be sent to a process (a lambda with captures?): use a function and pass the "
                                    "values as arguments of call()");
    const auto arguments = call.arguments();
    const auto* first = reinterpret_cast<const char*>(arguments.data());
    token = make_token(call.callable());
    encoded.assign(first, first + arguments.size());
    return true;
}

wire::boot_message make_boot(const pool_options& options) {
    std::random_device random;
    wire::boot_message boot;
    boot.key = (std::uint64_t{random()} << 32) | random();
    boot.max_payload = options.max_payload;
    boot.pool_depth = detail::this_process().pool_depth + 1;
    boot.spins = may_spin(options);
    boot.has_initializer = pack("initializer", options.initializer, boot.initializer, boot.initializer_arguments);
    boot.has_finalizer = pack("finalizer", options.finalizer, boot.finalizer, boot.finalizer_arguments);
    put_isolation(options, boot);
    return boot;
}

wire::zygote_boot make_zygote_boot(const pool_options& options) {
    if (options.preload && options.start != start_method::forkserver)
        throw std::invalid_argument("penstock: pool_options.preload needs .start = start_method::forkserver; what every "
                                    "worker is to do for itself is the initializer");
    wire::zygote_boot boot;
    boot.pool_depth = detail::this_process().pool_depth + 1;
    boot.has_preload = pack("preload", options.preload, boot.preload, boot.preload_arguments);
    return boot;
}

} // namespace

process_engine::process_engine(const pool_options& options)
    : options_((check_place(), check_isolation(options), check_times(options), options)), command_(worker_command()),
      boot_(make_boot(options)), zygote_boot_(make_zygote_boot(options)),
      environment_(make_environment(options.environment)), forks_(detail::fork_generation()), numbering_(callable_numbering()),
      records_(count_workers(options.workers)), start_(options.start) {
    check_descriptor_limit(records_.size());
    left_.reserve(records_.size());
    const reach found = find_reach(options);
    shared_bytes_ = found.shared_bytes;
    dispatcher_.emplace(static_cast<fleet&>(*this),
                        dispatcher_options{.workers = records_.size(),
                                           .deepest = found.depth,
                                           .packet = shared_bytes_ != 0 ? batch_ledger::most_tasks : 1,
                                           .start_timeout = options.start_timeout,
                                           .grace = options.grace,
                                           .idle_timeout = std::min(options.idle_timeout, longest_wait),
                                           .max_tasks_per_worker = options.max_tasks_per_worker,
                                           .restart = options.restart,
                                           .seed = boot_.key});
    if (captures(options_)) delivery_ = std::make_shared<output_delivery>(options_.output, callbacks_);
    poller_.add(wake_.fd(), 0, true, false);
}

process_engine::~process_engine() = default;

void process_engine::check_descriptor_limit(std::size_t workers) const {
    rlimit limit{};
    const std::size_t needed = descriptors_needed(options_, workers);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < needed)
        throw start_error("penstock: " + std::to_string(workers) + " workers need " + std::to_string(needed) +
                              " file descriptors, RLIMIT_NOFILE allows " + std::to_string(limit.rlim_cur) +
                              " (raise it with ulimit -n, or use fewer workers); cannot start",
                          os::describe_path(), EMFILE);
}

void process_engine::start() {
    first_starts_ = records_.size();
    dispatcher_->start_all(std::chrono::steady_clock::now());
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
    const auto attempts = item.attempts();
    if (attempts.empty()) return std::make_exception_ptr(task_cancelled("penstock: " + task + " was cancelled before it ran"));
    return std::make_exception_ptr(task_cancelled("penstock: " + task + " was cancelled before attempt " +
                                                  std::to_string(attempts.size() + 1) + "; the last one: " + attempts.back()));
}

bool process_engine::is_ours() const noexcept { return forks_ == detail::fork_generation(); }

bool process_engine::cancel(work_item& item, bool force) {
    if (!is_ours()) return false;
    const auto now = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    const auto is_item = [&item](const waiting_launch& waiting) { return waiting.item.get() == &item; };
    if (const auto found = std::find_if(waiting_.begin(), waiting_.end(), is_item); found != waiting_.end()) {
        const waiting_launch gone = std::move(*found); // nobody has its future: the coroutine that waited is gone
        waiting_.erase(found);
        wake_.signal(); // who waited behind it
        changed_.notify_all();
        lock.unlock(); // what goes is the user's
        return true;
    }
    if (item.place >= 0) harvest(static_cast<std::size_t>(item.place)); // it may be done
    bool caught = dispatcher_->cancel(item, now);
    if (!caught) {
        const bool stopping = force && dispatcher_->stop_running(item, verdict::cancelled, now);
        caught = force && !stopping && dispatcher_->cancel(item, now); // it has come back since
        wake_.signal(); // what was taken back with it may have changed what is due
        if (!caught) return stopping;
    }
    ++stats_.cancelled;
    ++publishing_;
    lock.unlock();
    item.set_error(cancelled(item));
    item.retain();
    item.finish();
    lock.lock();
    --publishing_;
    --open_;
    open_bytes_ -= item.length();
    launch_waiting();
    wake_.signal();
    changed_.notify_all();
    lock.unlock();
    item.release();
    return true;
}

void process_engine::wait_idle() {
    if (!is_ours()) return;
    std::unique_lock lock(mutex_);
    dispatcher_->end_gathering(std::chrono::steady_clock::now());
    changed_.wait(lock, [this] { return open_ == 0 && waiting_.empty(); });
}

void process_engine::shut_down(shutdown_mode mode) {
    if (!is_ours()) return;
    std::unique_lock lock(mutex_);
    if (ended_) return;
    if (mode == shutdown_mode::kill && !broken_) abandoned_as_ = ending::closed;
    if (mode == shutdown_mode::cancel_pending && abandoned_as_ == ending::none) abandoned_as_ = ending::cancelled;
    harvest_all(); // what is done is delivered
    dispatcher_->shut_down(mode, std::chrono::steady_clock::now());
    changed_.notify_all(); // who waits for room waits in vain
    wake_.signal();
    changed_.wait(lock, [this] { return ended_; });
}

void process_engine::close() {
    shut_down(shutdown_mode::drain);
    if (thread_.joinable()) thread_.join();
    callbacks_.stop();
}

void process_engine::resize(std::size_t workers) {
    if (!is_ours()) return;
    const std::size_t wanted = count_workers(workers);
    check_descriptor_limit(wanted);
    const std::lock_guard lock(mutex_);
    if (dispatcher_->shutting_down()) throw pool_closed("penstock: the pool was shut down and cannot be resized");
    left_.reserve(std::max(records_.size(), wanted));
    if (records_.size() < wanted) records_.resize(wanted);
    dispatcher_->resize(wanted, std::chrono::steady_clock::now());
    wake_.signal();
}

void process_engine::reset() {
    if (!is_ours()) return;
    const std::lock_guard lock(mutex_);
    if (dispatcher_->shutting_down()) throw pool_closed("penstock: the pool was shut down and cannot be reset");
    if (!dispatcher_->broken()) return;
    if (gave_up_) throw pool_broken(*broken_); // the I/O thread is gone: nobody could start a worker
    broken_.reset();
    abandoned_as_ = ending::none;
    causes_.clear();
    dispatcher_->reset(std::chrono::steady_clock::now());
    wake_.signal();
}

pool_stats process_engine::stats() const {
    if (!is_ours()) return {};
    const std::lock_guard lock(mutex_);
    pool_stats snapshot = stats_;
    snapshot.queued = dispatcher_->not_running();
    for (std::size_t worker = 0; worker != records_.size(); ++worker) {
        snapshot.running += dispatcher_->running(worker) != nullptr;
        snapshot.workers += records_[worker].slot != nullptr && records_[worker].was_ready;
    }
    return snapshot;
}

std::size_t process_engine::workers() const {
    if (!is_ours()) return 0;
    const std::lock_guard lock(mutex_);
    return dispatcher_->target();
}

} // namespace penstock::pool

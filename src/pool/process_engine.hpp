// SPDX-License-Identifier: MIT
// The process pool behind its handle: one lock, one dispatcher that decides, one I/O thread that alone starts workers
// (PDEATHSIG follows the thread that spawned) and reads their answers. A submitting thread hands its task to an idle
// worker itself. The lock is never held while a future is published, a worker is started or user code runs.
//
//   submit (any thread) --lock--> dispatcher --> worker_slot ==task pipe==> worker
//   I/O thread: poll { answers, deaths, room in a pipe, wake-ups, deadlines } --lock--> dispatcher --> publish
//
// Threads: every public member from any thread. It outlives the pool's handle as long as a future refers to it.
#pragma once

#include "os/executable.hpp"
#include "os/poller.hpp"
#include "os/wake_event.hpp"
#include "pool/callback_thread.hpp"
#include "pool/dispatcher.hpp"
#include "pool/work_item.hpp"
#include "pool/worker_slot.hpp"

#include <penstock/errors.hpp>
#include <penstock/pool_options.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace penstock::pool {

class process_engine final : public task_owner, public std::enable_shared_from_this<process_engine>, private fleet {
public:
    explicit process_engine(const pool_options& options);
    ~process_engine() override;

    /// Starts the workers; throws start_error when one cannot be started. Not before make_shared.
    void start();
    detail::state_ref<detail::shared_state> submit(detail::encoded_call&& call, detail::decode_function* decode,
                                                   const std::string& label);
    void wait_idle();
    /// Returns when all workers are gone.
    void shut_down(shutdown_mode mode);
    /// shut_down(drain), and joins the threads.
    void close();
    std::size_t workers() const noexcept { return records_.size(); }
    /// Whether this process made the pool, as against a child it forked afterwards.
    bool is_ours() const noexcept;

    bool cancel(work_item& item) override;
    void run_callbacks(work_item& item, detail::callback* first) noexcept override { callbacks_.post(item, first); }

private:
    using time_point = std::chrono::steady_clock::time_point;
    enum class stop_stage { none, hung_up, asked, terminated, killed };

    /// What the engine remembers of a worker beside its slot.
    struct record {
        std::unique_ptr<worker_slot> slot; // null while there is no process
        std::uint32_t generation = 0;      // tells the events of a process from those of the one before
        bool polls_for_room = false;
        bool was_ready = false;
        stop_stage stopping = stop_stage::none;
        std::optional<time_point> deadline; // to be ready, or for the next stage of stopping
        std::string reason;                 // why the engine ended it, if it did
    };
    enum class source : std::uint32_t { answers, room, death };

    // fleet: the dispatcher's actions
    sent send(std::size_t worker, task_entry& entry) override;
    std::vector<std::uint64_t> take_back(std::size_t worker) override;
    void start(std::size_t worker) override;
    void dismiss(std::size_t worker) override;
    void kill(std::size_t worker) override;

    // the I/O thread (process_engine_io.cpp)
    void run() noexcept;
    void loop(std::unique_lock<std::mutex>& lock);
    void publish(std::unique_lock<std::mutex>& lock);
    void start_workers(std::unique_lock<std::mutex>& lock);
    void install(std::size_t worker, std::unique_ptr<worker_slot> slot);
    void watch(std::size_t worker);
    void unwatch(std::size_t worker) noexcept;
    static void end_at_once(worker_slot& slot) noexcept;
    void start_failed(std::size_t worker, const start_error& error);
    void handle(std::uint64_t key, std::unique_lock<std::mutex>& lock);
    void receive(std::size_t worker, std::unique_lock<std::mutex>& lock);
    void take_frames(std::size_t worker);
    void take_frame(std::size_t worker, wire::frame_in& frame);
    void take_answer(std::size_t worker, wire::frame_in& frame);
    void initializer_failed(std::size_t worker, const wire::frame_in& frame);
    void write_more(std::size_t worker);
    void reap(std::size_t worker);
    void lose(work_item& item, const record& worker, const os::exit_status& status);
    void check_deadlines();
    std::optional<time_point> next_deadline() const;
    void break_down(const std::string& what);
    void give_up(const std::string& what) noexcept;
    void end_process(std::size_t worker, const std::string& reason);
    void collect_abandoned();
    std::exception_ptr abandoned(const work_item& item) const;
    void poll_for_room(std::size_t worker, bool wanted);
    void note_not_begun(std::size_t worker, std::span<const std::uint64_t> ids);
    static time_point later(std::chrono::nanoseconds wait);
    static std::uint64_t make_key(std::size_t worker, std::uint32_t generation, source from);

    void resolve(task_entry& entry) { resolved_.push_back(static_cast<work_item*>(&entry)); }
    void check_descriptor_limit() const;
    [[noreturn]] void refuse() const;
    static std::exception_ptr cancelled(const work_item& item);

    const pool_options options_;
    const os::self_command command_;
    wire::boot_message boot_;
    const std::uint64_t forks_;

    mutable std::mutex mutex_; // guards everything below but the poller's wait and the slots' receive
    std::condition_variable changed_;
    os::poller poller_;
    os::wake_event wake_;
    std::vector<record> records_;
    std::optional<dispatcher> dispatcher_;
    std::vector<std::size_t> to_start_;
    std::vector<work_item*> resolved_; // to be published once the lock is free
    std::vector<std::string> causes_;  // of workers that died before they were ready
    std::optional<pool_broken> broken_;
    std::exception_ptr start_error_;
    enum class ending { none, cancelled, closed, broken };
    ending abandoned_as_ = ending::none; // how tasks end that will not run any more
    std::uint64_t next_id_ = 1;
    std::size_t open_ = 0; // submitted and not yet published
    std::size_t first_starts_ = 0; // workers whose first start was not tried yet
    bool ended_ = false;
    callback_thread callbacks_;
    std::thread thread_;
};

} // namespace penstock::pool

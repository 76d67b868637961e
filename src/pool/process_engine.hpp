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
#include "pool/inbox.hpp"
#include "pool/output_reader.hpp"
#include "pool/work_item.hpp"
#include "pool/worker_slot.hpp"
#include "pool/zygote_client.hpp"

#include <penstock/errors.hpp>
#include <penstock/pool_options.hpp>
#include <penstock/pool_stats.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace penstock::pool {

class process_engine final : public task_owner, public std::enable_shared_from_this<process_engine>, private fleet {
public:
    using item_ref = detail::state_ref<work_item>;

    explicit process_engine(const pool_options& options);
    ~process_engine() override;

    /// Starts the workers; throws start_error when one cannot be started. Not before make_shared.
    void start();

    /// A task that is not yet the pool's: launch it, or drop it. `only` names the one worker that may run it.
    item_ref prepare(detail::encoded_call&& call, detail::decode_function* decode, const task_options& options,
                     std::int32_t only = -1);
    /// Waits for room; throws queue_full instead where waiting could not end (on the callback thread).
    void launch(item_ref& item);
    /// A task for one worker: never held back.
    void launch_pinned(item_ref& item);
    /// False, and nothing happened, when there is no room.
    bool try_launch(item_ref& item);
    /// Launches when there is room, then calls `resume` on the callback thread. False when that could be done at once.
    bool launch_later(item_ref& item, std::function<void()> resume);

    void wait_idle();
    /// Returns when all workers are gone.
    void shut_down(shutdown_mode mode);
    /// shut_down(drain), and joins the threads.
    void close();
    void resize(std::size_t workers);
    void reset();
    pool_stats stats() const;
    std::size_t workers() const;
    /// Whether this process made the pool, as against a child it forked afterwards.
    bool is_ours() const noexcept override;

    bool cancel(work_item& item, bool force) override;
    bool help(work_item& item) override;
    bool await(work_item& item) override;
    void run_callbacks(detail::shared_state& state, detail::callback* first) noexcept override {
        callbacks_.post(state, first);
    }

private:
    using time_point = std::chrono::steady_clock::time_point;

    /// What the engine remembers of a worker beside its slot.
    struct record {
        std::unique_ptr<worker_slot> slot;     // null while there is no process
        std::unique_ptr<output_reader> output; // null without output_mode::capture
        std::uint32_t generation = 0;      // tells the events of a process from those of the one before
        bool polls_for_room = false;
        bool is_read = false; // by the I/O thread, which does so without the lock
        bool has_unread_frames = false; // in the reader, as there was no memory to take them
        bool is_noise_unclear = false; // bytes that are no frame, should more come, are not the doing of whatever runs then
        time_point answered_at{};
        bool was_ready = false;
        bool in_order = false; // it was asked to end, or killed with all the others
        bool is_forked = false; // from the zygote
        bool looked_at = false; // on a tick, as its pidfd tells nothing more: it is dead, its status is on the way
        std::optional<std::string> doomed; // it was to be killed before it had a process; why
        std::string reason;      // why the engine made it end, if it did
        std::string kill_reason; // the same, but only where it is a SIGKILL that ended it: it may have been faster
    };
    enum class source : std::uint32_t { answers, room, death, standard_output, standard_error };
    /// A submit_async that waits for room.
    struct waiting_launch {
        item_ref item;
        std::function<void()> resume;
    };

    // fleet: the dispatcher's actions (process_engine_fleet.cpp)
    sent send(std::size_t worker, task_entry& entry, time_point now) override;
    void flush(std::size_t worker) override;
    std::vector<std::uint64_t> take_back(std::size_t worker) override;
    void start(std::size_t worker) override;
    void say_bye(std::size_t worker) override;
    void request_stop(std::size_t worker, const task_entry& entry) override;
    void terminate(std::size_t worker) override;
    void kill(std::size_t worker, const std::string& reason) override;
    void let_go(std::size_t worker, let_go_reason why) override;
    void poll_for_room(std::size_t worker, bool wanted);
    bool may_widen() const noexcept;
    void note_not_begun(std::size_t worker, std::span<const std::uint64_t> ids);

    // the I/O thread (process_engine_io.cpp)
    void run() noexcept;
    void loop(std::unique_lock<std::mutex>& lock);
    void publish(std::unique_lock<std::mutex>& lock);
    void start_workers(std::unique_lock<std::mutex>& lock);
    void start_worker(std::size_t worker, std::unique_lock<std::mutex>& lock);
    record start_process() const;
    void install(std::size_t worker, record&& fresh);
    void start_failed(std::size_t worker, const start_error& error);
    void tried_start();
    void notice_death(std::size_t worker);
    std::vector<std::string> own_arguments(std::string_view marker) const;
    void handle(std::uint64_t key, std::unique_lock<std::mutex>& lock);
    void write_more(std::size_t worker);
    void watch(std::size_t worker);
    void unwatch(std::size_t worker) noexcept;
    static void end_at_once(worker_slot& slot) noexcept;
    static std::uint64_t make_key(std::size_t worker, std::uint32_t generation, source from);

    // the zygote (process_engine_zygote.cpp)
    void fork_workers(std::unique_lock<std::mutex>& lock);
    void drop_unwanted();
    void not_started(std::size_t worker);
    void start_zygote(std::unique_lock<std::mutex>& lock);
    void watch_zygote();
    void unwatch_zygote() noexcept;
    void write_to_zygote();
    void fork_next(std::unique_lock<std::mutex>& lock);
    void fork_failed(std::size_t worker, int error);
    void handle_zygote(std::uint64_t key);
    void hear_zygote();
    void take_answer(zygote_answer&& answer);
    void install_forked(zygote_answer&& answer);
    void fall_back(const std::string& why);
    void tend_zygote();
    void reap_zygote();
    void end_zygote_at_once() noexcept;

    // what workers say (process_engine_answers.cpp)
    void receive(std::size_t worker, std::unique_lock<std::mutex>& lock);
    void take_frames(std::size_t worker);
    void settle_answered(std::size_t worker);
    bool harvest(std::size_t worker);
    void blame_for_noise(std::size_t worker, std::uint64_t task);
    void harvest_before(std::size_t worker, std::uint64_t task);
    void skip_damage(std::size_t worker, const std::string& what);
    void fail_for_damage(work_item& item, const record& worker);
    void end_by_death(work_item& item, std::string what, worker_died::details&& details);
    void wake_before(time_point then);
    std::optional<worker_slot::awaited_answer> find_answer(const work_item& item) const;
    bool is_soon(const work_item& item, time_point now);
    void note_miss() noexcept;
    bool look_for_answer(work_item& item, worker_slot::awaited_answer& answer);
    static bool sleep_until_answers(work_item& item, worker_slot::awaited_answer& answer);
    void take_answers_of(std::size_t worker, std::unique_lock<std::mutex>& lock);
    void harvest_all();
    void harvest_left();
    void note_left(std::size_t worker) noexcept;
    void tell_io_thread();
    void take_frame(std::size_t worker, wire::frame_in& frame, time_point now);
    void take_answer(std::size_t worker, wire::frame_in& frame, time_point now);
    void end_badly(work_item& item, std::size_t worker);
    void pass_over(std::size_t worker, const wire::frame_head& answer);
    void take_progress(std::size_t worker, const wire::frame_in& frame);
    void count_attempt(const work_item& item, std::chrono::nanoseconds took, time_point now);
    void store(work_item& item, std::size_t worker, wire::frame_in& frame);
    void initializer_failed(std::size_t worker, const wire::frame_in& frame);
    void limits_failed(const wire::frame_in& frame);
    void check_memory(std::size_t worker);

    // what workers print (process_engine_output.cpp)
    void watch_output(std::size_t worker);
    void read_output(std::size_t worker, output_stream from);
    void end_output_section(std::size_t worker);
    void close_output(std::size_t worker, std::span<const std::uint64_t> not_begun);
    output_origin now_printing(std::size_t worker) const;

    // deaths and breakdowns (process_engine_death.cpp)
    void reap(std::size_t worker);
    void reap_without_pidfd();
    void lose(work_item& item, const record& worker, const os::exit_status& status);
    void end_stopped(work_item& item, const std::string& how);
    void note_cause(std::string what);
    std::string budget_spent() const;
    void break_down(const std::string& what);
    void give_up(const std::string& what) noexcept;
    void collect_abandoned();
    std::exception_ptr abandoned(const work_item& item) const;
    static std::exception_ptr cancelled(const work_item& item);
    std::optional<time_point> next_deadline() const;
    void report(pool_event_kind kind, std::size_t worker, const std::function<void(pool_event&)>& fill = {});

    /// While it exists, whoever submits leaves the task and goes on: the lock is held for long.
    class open_inbox {
    public:
        explicit open_inbox(process_engine& engine) noexcept;
        ~open_inbox();
        open_inbox(const open_inbox&) = delete;
        open_inbox& operator=(const open_inbox&) = delete;

    private:
        process_engine& engine_;
        const bool is_outer_;
    };
    bool leave_in_inbox(item_ref& item) noexcept;
    void take_left(task_entry* first) noexcept;

    bool has_room(const work_item& item) const noexcept;
    void enqueue(item_ref& item);
    void hand_over(item_ref& item, std::unique_lock<std::mutex>& lock);
    void drop(item_ref& item);
    void launch_waiting();
    bool try_again(work_item& item, const std::string& how);
    void resolve(work_item& item) noexcept { resolved_.push_back(item); }
    void check_descriptor_limit(std::size_t workers) const;
    bool admit(const item_ref& item, std::unique_lock<std::mutex>& lock);

    const pool_options options_;
    const os::self_command command_;
    wire::boot_message boot_;
    const wire::zygote_boot zygote_boot_;
    const std::vector<std::string> environment_;
    const std::uint64_t forks_;
    const void* const numbering_; // of callables
    std::size_t shared_bytes_ = 0; // with each worker; set by the constructor; 0 for none

    inbox inbox_; // where a bound would have to be checked, nobody uses it
    mutable std::mutex mutex_; // guards everything below but the poller's wait and the slots' receive
    std::condition_variable changed_;
    os::poller poller_;
    os::wake_event wake_;
    std::vector<record> records_;
    std::optional<dispatcher> dispatcher_;
    std::vector<std::size_t> to_start_;
    start_method start_;
    std::deque<std::size_t> to_fork_;
    std::unique_ptr<zygote_client> zygote_; // null without forkserver, and while there is none; the I/O thread's
    record forking_;                        // of the worker whose fork is under way
    bool hands_over_ = false;       // a thread is within hand_over
    std::vector<std::size_t> left_; // workers that may have left answers in their pages for it
    work_queue resolved_; // to be published once the lock is free
    std::deque<waiting_launch> waiting_;
    std::vector<std::string> causes_; // why workers died before they were ready; the latest ones
    std::optional<pool_broken> broken_;
    std::exception_ptr start_error_;
    enum class ending { none, cancelled, closed, broken };
    ending abandoned_as_ = ending::none; // how tasks end that will not run any more
    pool_stats stats_;
    std::uint64_t next_id_ = 1;
    std::uint64_t open_bytes_ = 0;
    std::size_t open_ = 0;         // launched and not yet published
    std::size_t first_starts_ = 0; // workers whose first start was not tried yet
    bool took_answers_ = false; // since settle_answered()
    time_point sleeps_until_ = time_point::min(); // the I/O thread; min() while it is awake
    unsigned publishing_ = 0;                     // threads that make outcomes visible, which they do without the lock
    unsigned spin_misses_ = 0; // in a row, of threads that looked for an answer
    unsigned spins_to_skip_ = 0;
    bool ended_ = false;
    bool gave_up_ = false; // the I/O thread failed
    callback_thread callbacks_;
    std::shared_ptr<output_delivery> delivery_; // null without output_mode::capture
    std::thread thread_;
};

} // namespace penstock::pool

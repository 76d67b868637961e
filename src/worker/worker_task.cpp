// SPDX-License-Identifier: MIT
#include "worker/worker_task.hpp"

#include "worker/connection.hpp"

#include <csignal>

namespace penstock::worker {

namespace {

std::atomic<std::uint64_t> stopped_task{0}; // written by the signal handler
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

void note_stop(int, siginfo_t* about, void*) {
    if (about->si_code == SI_QUEUE) stopped_task.store(reinterpret_cast<std::uint64_t>(about->si_value.sival_ptr));
}

} // namespace

worker_task& worker_task::install(connection& pipes) {
    static auto* task = new worker_task; // never destroyed: see the header
    task->pipes_ = &pipes;
    detail::install_for_process(*task);
    struct sigaction action{};
    action.sa_sigaction = note_stop;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigaction(SIGURG, &action, nullptr);
    return *task;
}

bool worker_task::stop_requested() const noexcept {
    const std::uint64_t running = id();
    return running != 0 && stopped_task.load(std::memory_order_relaxed) == running;
}

void worker_task::progress(double fraction) noexcept {
    if (const std::uint64_t running = id()) pipes_->send_progress(running, fraction);
}

} // namespace penstock::worker

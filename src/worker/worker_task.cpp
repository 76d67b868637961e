// SPDX-License-Identifier: MIT
#include "worker/worker_task.hpp"

#include "worker/connection.hpp"

#include <semaphore.h>

#include <cerrno>
#include <csignal>

namespace penstock::worker {

namespace {

std::atomic<std::uint64_t> stopped_task{0}; // written by the signal handler
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

sem_t stop_signalled; // sem_post is one of the few things that a signal handler may do

void note_stop(int, siginfo_t* about, void*) {
    if (about->si_code != SI_QUEUE) return;
    const int before = errno;
    stopped_task.store(reinterpret_cast<std::uint64_t>(about->si_value.sival_ptr));
    sem_post(&stop_signalled);
    errno = before;
}

} // namespace

worker_task& worker_task::install(connection& pipes) {
    static auto* task = new worker_task; // never destroyed: see the header
    task->pipes_ = &pipes;
    sem_init(&stop_signalled, 0, 0);
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

void worker_task::wait_for_stop(const std::atomic<bool>& over) noexcept {
    if (!over.load(std::memory_order_acquire)) sem_wait(&stop_signalled); // an old post costs one more look, no more
}

void worker_task::end_wait_for_stop() noexcept { sem_post(&stop_signalled); }

} // namespace penstock::worker

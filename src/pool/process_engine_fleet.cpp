// SPDX-License-Identifier: MIT
// What the dispatcher orders, done with processes. Called under the engine's lock, by any thread.
#include "pool/process_engine.hpp"

#include <algorithm>

namespace penstock::pool {

fleet::sent process_engine::send(std::size_t worker, task_entry& entry) {
    auto& item = static_cast<work_item&>(entry);
    switch (records_[worker].slot->send(item)) {
    case worker_slot::progress::blocked: return sent::no_room;
    case worker_slot::progress::failed: end_process(worker, "its task pipe cannot be written"); return sent::failed;
    case worker_slot::progress::done: break;
    }
    if (records_[worker].slot->writing()) poll_for_room(worker, true);
    if (dispatcher_->running(worker) == nullptr) item.set_running();
    return sent::yes;
}

std::vector<std::uint64_t> process_engine::take_back(std::size_t worker) {
    if (!records_[worker].slot) return {};
    std::vector<std::uint64_t> ids = records_[worker].slot->take_back();
    note_not_begun(worker, ids);
    return ids;
}

/// The first task of a worker counts as running from the moment it is sent, unless it comes back unread.
void process_engine::note_not_begun(std::size_t worker, std::span<const std::uint64_t> ids) {
    task_entry* first = dispatcher_->running(worker);
    if (first != nullptr && std::find(ids.begin(), ids.end(), first->id) != ids.end())
        static_cast<work_item*>(first)->clear_running();
}

void process_engine::start(std::size_t worker) {
    to_start_.push_back(worker);
    wake_.signal();
}

void process_engine::dismiss(std::size_t worker) {
    record& place = records_[worker];
    if (!place.slot) return; // about to be started: it is dismissed by start_workers
    place.slot->say_bye();
    place.stopping = std::max(place.stopping, stop_stage::asked);
    place.deadline = later(options_.grace);
    wake_.signal();
}

void process_engine::kill(std::size_t worker) {
    if (records_[worker].slot) {
        records_[worker].slot->stop_writing(); // the arguments go with their task, which is abandoned
        end_process(worker, {});
    }
    wake_.signal();
}

} // namespace penstock::pool

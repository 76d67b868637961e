// SPDX-License-Identifier: MIT
#include "pool/batch_ledger.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace penstock::pool {

using wire::frame_head;
using wire::frame_kind;

namespace {

constexpr std::size_t most_spare = 16;

bool is_answer(frame_kind kind) noexcept {
    return kind == frame_kind::value || kind == frame_kind::exception || kind == frame_kind::undecodable;
}

} // namespace

bool batch_ledger::gather(const frame_head& head, std::span<const std::byte> prefix, std::span<const std::byte> body) {
    const std::size_t needed = sizeof head + prefix.size() + body.size();
    if (size_ + needed > wire::max_packet || open_.ids.size() == most_tasks) return false;
    open_.ids.push_back(head.task);
    const auto put = [this](const void* from, std::size_t size) {
        if (size != 0) std::memcpy(packet_.data() + size_, from, size);
        size_ += size;
    };
    put(&head, sizeof head);
    put(prefix.data(), prefix.size());
    put(body.data(), body.size());
    return true;
}

bool batch_ledger::make_room() noexcept {
    try {
        if (sent_.size() == sent_.capacity()) sent_.reserve(2 * sent_.size() + 4);
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

std::span<const std::byte> batch_ledger::packet() noexcept {
    if (open_.number == 0) open_.number = ++last_number_ != 0 ? last_number_ : ++last_number_;
    const auto tasks = static_cast<std::uint32_t>(open_.ids.size());
    const frame_head head = wire::make_head(key_, frame_kind::batch, tasks, open_.number, size_ - sizeof head);
    std::memcpy(packet_.data(), &head, sizeof head);
    return {packet_.data(), size_};
}

void batch_ledger::sent() noexcept {
    sent_.push_back(std::exchange(open_, fresh())); // there is room: see make_room()
    size_ = sizeof(frame_head);
}

void batch_ledger::take_gathered(ids& taken) {
    taken.insert(taken.end(), open_.ids.begin(), open_.ids.end());
    open_.ids.clear();
    open_.number = 0;
    size_ = sizeof(frame_head);
}

void batch_ledger::take_unread(const frame_head& packet, ids& taken) {
    const auto is_it = [&packet](const batch& each) { return each.number == packet.task; };
    const auto found = std::find_if(sent_.begin(), sent_.end(), is_it);
    if (found == sent_.end()) return; // the answers of a damaged worker have confused us; its tasks stay its own
    taken.insert(taken.end(), found->ids.begin(), found->ids.end());
    recycle(std::move(*found));
    sent_.erase(found);
}

/// All batches but the last one at the worker have been run to their ends, or it would not have read the last one.
void batch_ledger::take_rest(bool dead, ids& taken) {
    if (sent_.empty()) return;
    batch& last = sent_.back();
    const std::size_t known = last.ids.size();
    std::size_t begun = known;
    if (dead) {
        begun = page_.begun(last.number, static_cast<std::uint16_t>(known)).value_or(0);
    } else if (const auto rest = page_.take_rest(last.number, static_cast<std::uint16_t>(known)); rest.first < rest.last) {
        begun = std::min<std::size_t>(rest.first, known);
    }
    begun = std::max(begun, last.answered);
    taken.insert(taken.end(), last.ids.begin() + static_cast<std::ptrdiff_t>(begun), last.ids.end());
    last.ids.resize(begun);
    forget_answered();
}

void batch_ledger::answered() noexcept {
    if (sent_.empty()) return;
    batch& oldest = sent_.front();
    ++oldest.answered;
    page_.take(oldest.number, static_cast<std::uint16_t>(oldest.answered));
    forget_answered();
}

std::optional<batch_ledger::position> batch_ledger::find(std::uint64_t id) const noexcept {
    for (const batch& each : sent_) {
        const auto found = std::find(each.ids.begin() + static_cast<std::ptrdiff_t>(each.answered), each.ids.end(), id);
        if (found != each.ids.end()) return position{each.number, static_cast<std::uint16_t>(found - each.ids.begin())};
    }
    return std::nullopt;
}

std::optional<wire::frame_in> batch_ledger::harvest() {
    if (sent_.empty()) return std::nullopt;
    const batch& oldest = sent_.front();
    if (seen_.batch != oldest.number || oldest.answered >= seen_.count) return std::nullopt;
    if (walked_batch_ != oldest.number) {
        walked_batch_ = oldest.number;
        walked_ = walked_bytes_ = 0;
    }
    wire::frame_in frame;
    for (auto left = page_.answers().subspan(walked_bytes_); walked_ <= oldest.answered; ++walked_) {
        if (!wire::split_frame(left, frame)) return std::nullopt;
        walked_bytes_ = page_.answers().size() - left.size();
    }
    const frame_head& head = frame.head;
    if (head.check != wire::frame_check(key_, head) || head.task != oldest.ids[oldest.answered] || !is_answer(head.kind()))
        return std::nullopt;
    found_.assign(frame.body.begin(), frame.body.end());
    if (!page_.still_holds(oldest.number)) { // the worker has gone on to its next batch, and wrote while we read
        walked_batch_ = 0;
        return std::nullopt;
    }
    frame.body = found_;
    return frame;
}

void batch_ledger::forget_answered() noexcept {
    while (!sent_.empty() && sent_.front().answered >= sent_.front().ids.size()) {
        recycle(std::move(sent_.front()));
        sent_.erase(sent_.begin());
    }
}

std::size_t batch_ledger::outstanding() const noexcept {
    std::size_t tasks = open_.ids.size();
    for (const batch& each : sent_) tasks += each.ids.size() - each.answered;
    return tasks;
}

batch_ledger::batch batch_ledger::fresh() noexcept {
    batch next;
    if (spare_.empty()) return next;
    next.ids = std::move(spare_.back());
    spare_.pop_back();
    return next;
}

void batch_ledger::recycle(batch&& done) noexcept {
    if (spare_.size() == most_spare) return;
    done.ids.clear();
    try {
        spare_.push_back(std::move(done.ids));
    } catch (const std::bad_alloc&) { // then the memory is not used again
    }
}

} // namespace penstock::pool

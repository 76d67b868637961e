// SPDX-License-Identifier: MIT
#include "wire/claim_page.hpp"

#include <algorithm>
#include <cstring>

namespace penstock::wire {

namespace {

struct claim_word {
    std::uint32_t batch = 0;
    std::uint16_t begun = 0;
    std::uint16_t end = 0;

    static claim_word from(std::uint64_t word) noexcept {
        return {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint16_t>(word >> 16), static_cast<std::uint16_t>(word)};
    }
    std::uint64_t word() const noexcept { return (std::uint64_t{batch} << 32) | (std::uint64_t{begun} << 16) | end; }
};

/// They are numbered in the order in which they were sent, and the numbers may begin anew.
bool is_later(std::uint32_t batch, std::uint32_t than) noexcept { return static_cast<std::int32_t>(batch - than) > 0; }

/// So many answers of that batch.
constexpr std::uint64_t progress(std::uint32_t batch, std::uint16_t answers) noexcept {
    return (std::uint64_t{batch} << 32) | (std::uint64_t{answers} << 16);
}

constexpr std::uint64_t one_more = 1u << 16; // of `begun`

} // namespace

void claim_page::begin(std::uint32_t batch, std::uint16_t tasks) noexcept {
    batch_ = batch;
    answered_ = 0;
    end_ = sent_ = first_answer;
    publish();
    std::atomic_thread_fence(std::memory_order_release); // before any answer is written over one of the last batch
    std::uint64_t seen = claims().load(std::memory_order_acquire); // last: it says that the rest is of this batch
    while (claim_word::from(seen).batch != batch && // or else the pool has it back
           !claims().compare_exchange_weak(seen, claim_word{batch, 0, tasks}.word(), std::memory_order_acq_rel,
                                           std::memory_order_acquire)) {
    }
}

bool claim_page::claim() noexcept {
    const auto before = claim_word::from(claims().fetch_add(one_more, std::memory_order_acq_rel));
    return before.begun < before.end;
}

bool claim_page::has_room(std::size_t bytes, std::size_t tasks_to_follow) const noexcept {
    return bytes + tasks_to_follow * sizeof(frame_head) <= memory_.size() - end_;
}

void claim_page::append(const frame_head& head, std::span<const std::byte> body) noexcept {
    std::memcpy(memory_.data() + end_, &head, sizeof head);
    end_ += sizeof head;
    if (!body.empty()) std::memcpy(memory_.data() + end_, body.data(), body.size());
    end_ += body.size();
    ++answered_;
    if (head.kind() == frame_kind::elsewhere) sent_ = end_;
}

void claim_page::publish() noexcept {
    count().store(progress(batch_, answered_), std::memory_order_release);
}

bool claim_page::is_taken() const noexcept {
    return word(taken_at).load(std::memory_order_acquire) == progress(batch_, answered_);
}

void claim_page::take(std::uint32_t batch, std::uint16_t answers) noexcept {
    word(taken_at).store(progress(batch, answers), std::memory_order_release);
}

bool claim_page::is_complete(std::uint32_t batch, std::uint16_t answer) const noexcept {
    const published_answers now = published();
    return now.batch == batch ? now.count > answer : is_later(now.batch, batch);
}

std::span<const std::byte> claim_page::take_unsent() noexcept {
    const std::span<const std::byte> unsent = memory_.subspan(sent_, end_ - sent_);
    sent_ = end_;
    return unsent;
}

claim_page::range claim_page::take_rest(std::uint32_t batch, std::uint16_t tasks) noexcept {
    std::uint64_t seen = claims().load(std::memory_order_acquire);
    for (;;) {
        auto now = claim_word::from(seen);
        if (is_later(now.batch, batch)) return {}; // it was run to its end
        if (now.batch != batch) {
            if (now.begun < now.end) return {}; // it is not done with the one before: a task has read the pipe
            now = {batch, 0, tasks};
        }
        if (now.begun >= now.end) return {};
        if (claims().compare_exchange_weak(seen, claim_word{batch, now.begun, now.begun}.word(), std::memory_order_acq_rel,
                                           std::memory_order_acquire))
            return {now.begun, now.end};
    }
}

std::optional<std::uint16_t> claim_page::begun(std::uint32_t batch, std::uint16_t tasks) const noexcept {
    const auto now = claim_word::from(claims().load(std::memory_order_acquire));
    if (is_later(now.batch, batch)) return tasks;
    if (now.batch != batch) return std::nullopt;
    return std::min({now.begun, now.end, tasks});
}

bool claim_page::still_holds(std::uint32_t batch) const noexcept {
    std::atomic_thread_fence(std::memory_order_acquire); // after all that was read
    return static_cast<std::uint32_t>(count().load(std::memory_order_relaxed) >> 32) == batch;
}

claim_page::published_answers claim_page::published() const noexcept {
    const std::uint64_t seen = count().load(std::memory_order_acquire);
    return {static_cast<std::uint32_t>(seen >> 32), static_cast<std::uint16_t>(seen >> 16)};
}

} // namespace penstock::wire

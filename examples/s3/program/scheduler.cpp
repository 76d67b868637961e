// SPDX-License-Identifier: MIT
#include "program/scheduler.hpp"

#include <exception>
#include <utility>

namespace s3_program {
namespace {

constexpr std::uint32_t most_expirations = 3;  // of one job
constexpr unsigned most_unanswered = 20;           // in a row
constexpr std::chrono::milliseconds longest_wait{100};

}  // namespace

scheduler::scheduler(job_source& jobs, executor& where, schedule_hooks hooks)
    : jobs_(jobs), where_(where), hooks_(std::move(hooks)) {}

schedule_result scheduler::run() {
    for (;;) {
        fill();
        if (in_flight_ == 0 || !going_on()) break;
        for (finished_job& one : where_.wait(longest_wait)) settle(std::move(one));
        hooks_.on_turn();
        if (hooks_.interrupted()) result_.interrupted = true;
    }
    if (!going_on()) end_the_begun();
    return std::move(result_);
}

void scheduler::fill() {
    while (going_on() && where_.wants_more()) {
        std::optional<job> next = take();
        if (!next) break;
        next->generation = generation_;
        ++in_flight_;
        begun_[next->id] = *next;
        where_.start(std::move(*next));
    }
    if (exhausted_ && again_.empty()) where_.flush();
}

std::optional<job> scheduler::take() {
    if (!again_.empty()) {
        std::optional<job> first(std::move(again_.front()));
        again_.pop_front();
        return first;
    }
    std::optional<job> next;
    if (!exhausted_) next = next_of_source();
    if (next) {
        next->id = next_id_++;
    } else {
        exhausted_ = true;
    }
    return next;
}

std::optional<job> scheduler::next_of_source() {
    try {
        return jobs_.next();
    } catch (const std::exception& problem) {
        result_.stopped_by = problem.what();
        return std::nullopt;
    }
}

void scheduler::settle(finished_job one) {
    --in_flight_;
    if (one.how.how == outcome::expired) return settle_expired(std::move(one));
    tell(one);
    if (one.how.hopeless) stop(one.how.error);
    note_answer(one.how);
}

void scheduler::tell(const finished_job& one) {
    begun_.erase(one.what.id);
    try {
        hooks_.on_row(one);
    } catch (const std::exception& problem) {
        stop(problem.what());
    }
}

// A server that is gone would cost every other key all its attempts.
void scheduler::note_answer(const report& how) {
    const bool elsewhere = how.how == outcome::failed && how.status == 0 && !how.no_answer;
    if (elsewhere) return;  // a local file, say, tells nothing of the server
    unanswered_ = how.no_answer ? unanswered_ + 1 : 0;
    if (unanswered_ == most_unanswered)
        stop(std::to_string(most_unanswered) + " objects in a row without an answer, the last one: " + how.error);
}

void scheduler::stop(const std::string& reason) {
    if (going_on()) result_.stopped_by = reason;
}

void scheduler::end_the_begun() {
    where_.abandon();
    for (finished_job& one : where_.wait(std::chrono::milliseconds(0))) settle(std::move(one));
    for (const auto& [id, what] : std::exchange(begun_, {})) {
        finished_job one{what, {}};
        one.how.size = what.size;
        one.how.how = outcome::interrupted;
        tell(one);
    }
}

void scheduler::settle_expired(finished_job one) {
    const bool renewed_since = one.what.generation != generation_;
    if (going_on() && ++one.what.expired < most_expirations && (renewed_since || renew())) {
        again_.push_back(std::move(one.what));
        return;
    }
    one.how.how = outcome::failed;
    tell(one);
}

bool scheduler::renew() {
    try {
        where_.use(hooks_.renew());
    } catch (const std::exception& problem) {
        result_.stopped_by = problem.what();
        return false;
    }
    ++generation_;
    ++result_.renewals;
    return true;
}

}  // namespace s3_program

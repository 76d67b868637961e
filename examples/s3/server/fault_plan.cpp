// SPDX-License-Identifier: MIT
#include "server/fault_plan.hpp"

namespace s3_server {
namespace {

bool concerns(const fault& what, const route& where) {
    return (!what.only_operation || *what.only_operation == where.what) &&
           (what.bucket.empty() || what.bucket == where.bucket) && glob_matches(what.key_pattern, where.key);
}

// What could not show on this request would be counted and never seen.
bool can_play(const fault& what, const route& where) {
    switch (what.action) {
        case fault_action::copy_error:
            return where.what == operation::copy_object || where.what == operation::upload_part_copy ||
                   where.what == operation::complete_multipart_upload;
        case fault_action::no_token:
            return where.what == operation::list_objects;
        default:
            return true;
    }
}

}  // namespace

void fault_plan::add(std::string_view spec) {
    entry fresh{parse_fault(spec), 0, {}};
    const std::scoped_lock lock(mutex_);
    entries_.push_back(std::move(fresh));
    any_ = true;
}

bool fault_plan::plays(entry& candidate, const route& where) {
    const fault& what = candidate.what;
    if (!concerns(what, where) || !can_play(what, where)) return false;
    std::uint64_t& matches = candidate.matches[what.per_key ? where.key : std::string{}];
    if (matches >= what.after && matches - what.after >= what.times) return false;
    ++matches;
    return matches > what.after;
}

std::optional<fault> fault_plan::next(const route& where) {
    if (!any_) return std::nullopt;
    const std::scoped_lock lock(mutex_);
    for (auto& candidate : entries_) {
        if (!plays(candidate, where)) continue;
        ++candidate.played;
        return candidate.what;
    }
    return std::nullopt;
}

std::map<std::string, std::uint64_t> fault_plan::played() const {
    const std::scoped_lock lock(mutex_);
    std::map<std::string, std::uint64_t> result;
    for (const auto& one : entries_) result[one.what.spec] += one.played;
    return result;
}

}  // namespace s3_server

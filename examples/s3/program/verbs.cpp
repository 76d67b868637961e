// SPDX-License-Identifier: MIT
#include "program/verbs.hpp"

#include "program/etag.hpp"
#include "program/local_file.hpp"
#include "program/timestamp.hpp"
#include "stopwatch.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace s3_program {
namespace {

constexpr std::uint16_t http_ok = 200;

s3::object_name source_of(const job& what) { return {what.bucket, what.key}; }
s3::object_name target_of(const job& what) { return {what.to_bucket, what.to_key}; }

// Every other request would be answered in the same way.
bool is_hopeless(const s3::s3_error& problem) {
    static constexpr std::array<std::string_view, 6> codes{"NoSuchBucket",          "InvalidAccessKeyId",
                                                           "SignatureDoesNotMatch", "RequestTimeTooSkewed",
                                                           "InvalidClientTokenId",  "InvalidToken"};
    return std::find(codes.begin(), codes.end(), problem.code()) != codes.end();
}

void note_error(report& result, outcome how, const s3::s3_error& problem) {
    result.how = how;
    result.status = static_cast<std::uint16_t>(problem.status());
    result.error = problem.what();
    result.hopeless = is_hopeless(problem);
    result.no_answer = how == outcome::failed && problem.status() == 0;
}

void note_error(report& result, std::string sentence) {
    result.how = outcome::failed;
    result.error = std::move(sentence);
}

std::string place(const char* operation, const s3::object_name& name) {
    return std::string(operation) + " s3://" + name.bucket + "/" + example_common::printable(name.key);
}

// Counts the bytes and lets them go.
s3::task<void> count_bytes(s3::client& bucket, s3::object_name name, report& result) {
    const s3::byte_sink counter = [&result](std::span<const std::byte> bytes) {
        result.calc_size += bytes.size();
    };
    const s3::object_info info = co_await bucket.get(name, counter);
    result.size = info.size;
    result.status = http_ok;
    if (result.calc_size != result.size) {
        note_error(result, place("GET", name) + ": " + example_common::bytes_text(result.calc_size) +
                               " came instead of " + example_common::bytes_text(result.size));
    }
}

s3::task<std::optional<s3::object_info>> head_if_there(s3::client& bucket, s3::object_name name) {
    std::optional<s3::object_info> found;
    try {
        found = co_await bucket.head(name);
    } catch (const s3::not_found&) {
    }
    co_return found;
}

// The answer to a HEAD has no body: only a GET tells whether it is the key that is not there, or the bucket.
s3::task<void> fetch(s3::client& bucket, s3::object_name name, report& result) {
    const std::optional<s3::object_info> info = co_await head_if_there(bucket, name);
    if (info) result.size = info->size;
    co_await count_bytes(bucket, name, result);
}

// Nothing: they are equally long, and their ETags cannot be compared. Listings do not tell which ETags are no digests,
// so that the source is asked when it matters.
s3::task<std::optional<bool>> is_copy_of(s3::client& bucket, const s3::object_info& there, const job& what) {
    if (there.size != what.size) co_return false;
    const std::optional<bool> same = same_bytes(there.etag, what.etag);
    if (same.value_or(true)) co_return same;
    bool own_key = there.own_key;
    if (!own_key) {
        const s3::object_info source = co_await bucket.head(source_of(what));
        own_key = source.own_key;
    }
    co_return own_key ? std::optional<bool>() : std::optional<bool>(false);
}

// The marker of the folder that is copied: below the target's root it would have no name.
void pass_over_marker(report& result) {
    result.how = outcome::skipped;
    result.error = "the marker of the folder itself has no name there";
}

s3::task<s3::object_info> copied(s3::client& bucket, const job& what, part_limits parts) {
    if (what.size > parts.single_copy) {
        co_await bucket.copy_large(source_of(what), target_of(what), what.size, parts.copy_part);
    } else {
        co_await bucket.copy(source_of(what), target_of(what));
    }
    co_return co_await bucket.head(target_of(what));
}

s3::task<void> copy(s3::client& bucket, job what, part_limits parts, report& result) {
    const s3::object_name to = target_of(what);
    result.size = what.size;
    if (to.key.empty()) co_return pass_over_marker(result);
    std::optional<s3::object_info> there = co_await head_if_there(bucket, to);
    std::optional<bool> verified;
    bool copied_before = false;
    if (there) {
        verified = co_await is_copy_of(bucket, *there, what);
        // Where the ETags cannot tell, one that was written before the source was is an old copy.
        copied_before = verified.value_or(not_older(there->last_modified, what.modified));
    }
    if (!copied_before) {
        there = co_await copied(bucket, what, parts);
        verified = co_await is_copy_of(bucket, *there, what);
    }
    result.calc_size = there->size;
    result.status = http_ok;
    if (copied_before) result.how = outcome::skipped;
    result.size_only = !verified;
    if (!verified.value_or(true)) {
        note_error(result, place("copy", to) + ": its size or ETag differs from that of " +
                               place("", source_of(what)).substr(1));
    }
}

s3::task<void> put(s3::client& bucket, job what, part_limits parts, report& result) {
    const s3::object_name to = target_of(what);
    const s3::byte_source body = read_file(what.file);
    result.size = body.size();
    if (body.size() > parts.single_put) {
        co_await bucket.put_large(to, body, parts.put_part);
    } else {
        co_await bucket.put(to, body);
    }
    const s3::object_info there = co_await bucket.head(to);
    result.calc_size = there.size;
    result.status = http_ok;
    if (there.size != result.size) note_error(result, place("PUT", to) + ": it has another size there");
}

s3::task<void> by_verb(s3::client& bucket, job what, part_limits parts, report& result) {
    switch (what.what) {
        case verb::read:
            co_await count_bytes(bucket, source_of(what), result);
            break;
        case verb::fetch:
            co_await fetch(bucket, source_of(what), result);
            break;
        case verb::copy:
            co_await copy(bucket, what, parts, result);
            break;
        case verb::put:
            co_await put(bucket, what, parts, result);
            break;
    }
}

}  // namespace

s3::task<report> do_job(s3::client& bucket, job what, part_limits parts) {
    const example_common::stopwatch clock;
    report result;
    result.size = what.size;
    try {
        co_await by_verb(bucket, what, parts, result);
    } catch (const s3::token_expired& problem) {
        note_error(result, outcome::expired, problem);
    } catch (const s3::not_found& problem) {
        const bool is_result = what.what == verb::fetch && problem.code() != "NoSuchBucket";
        note_error(result, is_result ? outcome::missing : outcome::failed, problem);
    } catch (const s3::stopped& problem) {
        note_error(result, outcome::interrupted, problem);
    } catch (const s3::s3_error& problem) {
        note_error(result, outcome::failed, problem);
    } catch (const std::exception& problem) {
        note_error(result, problem.what());
    }
    result.seconds = clock.seconds();
    co_return result;
}

}  // namespace s3_program

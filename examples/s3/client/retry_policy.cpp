// SPDX-License-Identifier: MIT
#include "client/retry_policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <random>
#include <string_view>
#include <utility>

namespace s3 {
namespace {

using std::chrono::milliseconds;

// Dead connections that may be met in a row before they count: a bound, not a measure.
constexpr int most_stale = 3;
// Seconds that a Retry-After may name before it is cut; larger ones must not overflow.
constexpr long longest_named = 86'400;

constexpr std::array<std::string_view, 9> passing_codes{
    "SlowDown",         "ServiceUnavailable",   "InternalError",
    "RequestTimeout",   "Throttling",           "ThrottlingException",
    "OperationAborted", "RequestLimitExceeded", "TooManyRequestsException"};

double draw() {
    thread_local std::minstd_rand generator(std::random_device{}());
    return std::generate_canonical<double, 32>(generator);
}

bool passing(const std::string& code) {
    return std::find(passing_codes.begin(), passing_codes.end(), code) != passing_codes.end();
}

}  // namespace

std::optional<milliseconds> retry_after(const header_list& headers) {
    const std::string_view text = header(headers, "retry-after");
    long seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || seconds < 0)
        return std::nullopt;
    return milliseconds(1000 * std::min(seconds, longest_named));
}

bool worth_repeating(const attempt& ended) {
    switch (ended.failure) {
        case http_failure::none:
            break;
        case http_failure::connection:
        case http_failure::stale:
        case http_failure::truncated:
        case http_failure::stalled:
            return true;
        default:
            return false;
    }
    return ended.status == 429 || ended.status == 500 || (ended.status >= 502 && ended.status <= 504) ||
           passing(ended.code);
}

retry_policy::retry_policy(const client_settings& settings, random chance)
    : max_attempts_(settings.max_attempts), first_(settings.first_backoff),
      longest_(settings.longest_backoff), chance_(chance ? std::move(chance) : random(draw)) {}

std::optional<milliseconds> retry_policy::wait_after(const attempt& ended) {
    if (ended.failure == http_failure::stale && stale_ < most_stale) {
        ++stale_;
        return milliseconds(0);
    }
    ++attempts_;
    if (attempts_ >= max_attempts_ || !worth_repeating(ended)) return std::nullopt;
    return std::min(longest_, std::max(drawn_wait(), ended.retry_after.value_or(milliseconds(0))));
}

milliseconds retry_policy::drawn_wait() const {
    const double bound =
        std::min(static_cast<double>(longest_.count()),
                 std::ldexp(static_cast<double>(first_.count()), std::min(attempts_ - 1, 60)));
    return milliseconds(static_cast<milliseconds::rep>(bound * chance_()));
}

}  // namespace s3

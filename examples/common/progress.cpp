// SPDX-License-Identifier: MIT
#include "progress.hpp"

#include "text.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace example_common {
namespace {

constexpr double seconds_between_redraws = 0.1;
constexpr unsigned bar_width = 20;

std::size_t terminal_width() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

std::string time_text(double seconds) {
    const auto whole = static_cast<std::uint64_t>(std::ceil(seconds));
    if (whole < 60) return std::to_string(whole) + " s";
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}

std::string rate_text(double rate) {
    return rate < 100 ? fixed(rate, 1) : count_text(static_cast<std::uint64_t>(rate));
}

}  // namespace

progress_style progress_style_for_stderr(bool quiet) {
    if (quiet) return progress_style::none;
    return ::isatty(STDERR_FILENO) == 1 ? progress_style::bar : progress_style::lines;
}

progress::progress(std::ostream& out, progress_style style, progress_goal goal)
    : out_(out), style_(style), goal_(std::move(goal)) {
    if (style_ == progress_style::lines) print_line();
}

progress::~progress() {
    if (style_ == progress_style::bar) out_ << "\r\x1b[K" << std::flush;
}

void progress::describe(std::string what) {
    what_ = std::move(what);
    if (style_ == progress_style::bar) draw_bar();
}

void progress::advance_to(std::uint64_t units) {
    done_ = units;
    if (style_ == progress_style::bar && clock_.seconds() - drawn_at_ >= seconds_between_redraws) draw_bar();
    if (style_ == progress_style::lines && percent() >= printed_percent_ + 10) print_line();
}

unsigned progress::percent() const {
    if (goal_.total == 0) return 100;
    return static_cast<unsigned>(std::min<std::uint64_t>(done_, goal_.total) * 100 / goal_.total);
}

std::string progress::pace() const {
    const double elapsed = clock_.seconds();
    if (done_ == 0 || elapsed <= 0) return "";
    const double rate = static_cast<double>(done_) / elapsed;
    const auto left = static_cast<double>(goal_.total - std::min(done_, goal_.total));
    return ", " + rate_text(rate) + ' ' + goal_.unit + "/s, " + time_text(left / rate) + " left";
}

void progress::draw_bar() {
    drawn_at_ = clock_.seconds();
    const unsigned full = percent() * bar_width / 100;
    std::string line = goal_.title + " [" + std::string(full, '#') + std::string(bar_width - full, '.') +
                       "] " + std::to_string(percent()) + " %" + pace();
    if (!what_.empty()) line += " (" + what_ + ")";
    // A line that wraps could not be wiped with a carriage return.
    line.resize(std::min(line.size(), terminal_width() - 1));
    out_ << '\r' << line << "\x1b[K" << std::flush;
}

void progress::print_line() {
    printed_percent_ = percent() / 10 * 10;
    out_ << goal_.title << ": " << percent() << " %" << pace() << '\n' << std::flush;
}

}  // namespace example_common

// SPDX-License-Identifier: MIT
// How far the whole comparison is, with rate and time left: a bar that is redrawn in place on a terminal, a
// line every tenth otherwise. One thread at a time. Does not own the stream. The bar is wiped in the
// destructor, so that whatever is printed next starts on a clean line.
#pragma once

#include "stopwatch.hpp"

#include <cstdint>
#include <ostream>
#include <string>

namespace example_common {

enum class progress_style { bar, lines, none };

// For stderr: bar on a terminal, lines otherwise, none when quiet.
[[nodiscard]] progress_style progress_style_for_stderr(bool quiet);

struct progress_goal {
    std::string title;        // "hash"
    std::string unit;         // "files"
    std::uint64_t total = 0;  // units
};

class progress {
public:
    progress(std::ostream& out, progress_style style, progress_goal goal);
    ~progress();
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;

    // What is being done now, shown behind the bar.
    void describe(std::string what);

    void advance(std::uint64_t units) { advance_to(done_ + units); }
    void advance_to(std::uint64_t units);

private:
    [[nodiscard]] unsigned percent() const;
    [[nodiscard]] std::string pace() const;
    void draw_bar();
    void print_line();

    std::ostream& out_;
    progress_style style_;
    progress_goal goal_;
    std::string what_;
    std::uint64_t done_ = 0;
    unsigned printed_percent_ = 0;
    double drawn_at_ = -1;
    stopwatch clock_;
};

}  // namespace example_common

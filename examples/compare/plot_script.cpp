// SPDX-License-Identifier: MIT
#include "plot_script.hpp"

#include <algorithm>

#include "text.hpp"

namespace compare {
using namespace example_common;

namespace {

constexpr double left_margin = 80;  // pixels
constexpr double right_margin = 20;
constexpr double bar_offset = 0.2;  // threads to the left, processes to the right of their tick
constexpr double bar_width = 0.36;
constexpr const char* thread_colour = "'#0072b2'";  // these two differ for colour-blind eyes as well
constexpr const char* process_colour = "'#e69f00'";
constexpr const char* line_colour = "'#333333'";
constexpr const char* whisker = "heads size screen 0.003,90 lw 1.5 lc rgb '#333333'";

// A string of gnuplot's in single quotes, where nothing but the quote is special.
std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
    return result + "'";
}

// Two significant digits are all that fits above a bar.
std::string short_text(double seconds) {
    if (seconds >= 10) return fixed(seconds, 0);
    if (seconds >= 1) return fixed(seconds, 1);
    return fixed(seconds, seconds >= 0.1 ? 2 : 3);
}

}  // namespace

plot_script::plot_script(const report& all, picture_format format)
    : all_(all), format_(format), summaries_(summarise(all.measurements)),
      sequential_(fastest(summaries_, mode::sequential)), cpus_(cpu_counts(summaries_)),
      workers_(worker_counts(summaries_)), legend_end_(left_margin) {
    if (cpus_.empty()) cpus_ = {sequential_ ? sequential_->where.cpus : 1};
}

std::string plot_script::text() {
    header();
    axes();
    for (std::size_t i = 0; i < cpus_.size(); ++i) panel(i);
    out_ << "unset multiplot\n";
    return out_.str();
}

void plot_script::header() {
    const std::string size = std::to_string(width()) + ",480";
    out_ << "set encoding utf8\n";
    if (format_ == picture_format::png) {
        out_ << "set terminal pngcairo size " << size << " font 'DejaVu Sans,11'\n";
    } else {
        out_ << "set terminal svg size " << size << " font 'DejaVu Sans,13' background 'white'\n";
    }
    out_ << "set multiplot layout 1," << cpus_.size() << " title "
         << quoted(all_.workload + ": " + all_.subject) << " noenhanced offset 0,-0.2 margins screen "
         << screen_x(left_margin) << ',' << screen_x(static_cast<double>(width()) - right_margin)
         << ",0.22,0.82 spacing screen 0.03\n";
}

void plot_script::axes() {
    const double groups = static_cast<double>(std::max<std::size_t>(workers_.size(), 1));
    out_ << "set style fill solid 0.9 noborder\n"
         << "set boxwidth " << fixed(bar_width, 2) << '\n'
         << "set style textbox opaque noborder margins 0.3,0.3\n"
         << "set grid ytics lt 1 lw 1 lc rgb '#dddddd'\n"
         << "set border 3 lc rgb '#555555'\n"
         << "set tics nomirror out scale 0.5\n"
         << "set xlabel 'workers'\n"
         << "set xrange [-0.6:" << fixed(groups - 0.4, 1) << "]\n"
         << "set yrange [0:" << fixed(top(), 6) << "]\n"
         << "set xtics (";
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        out_ << (i == 0 ? "'" : ", '") << workers_[i] << "' " << i;
    }
    out_ << ")\n";
}

// Drawn by hand: gnuplot's own key cannot be wider than one panel.
void plot_script::legend() {
    out_ << "unset key\n";
    const auto swatch = [this](const char* colour) {
        return "object rect from screen " + screen_x(legend_end_) + ",0.034 rto screen " + screen_x(36) +
               ",0.032 fc rgb " + colour + " fs solid 0.9 noborder";
    };
    if (shows(mode::threads)) legend_entry(swatch(thread_colour), "threads");
    if (shows(mode::processes)) legend_entry(swatch(process_colour), "processes");
    if (sequential_) {
        legend_entry("arrow from screen " + screen_x(legend_end_) + ",0.05 rto screen " + screen_x(36) +
                         ",0 nohead lw 2 dt 2 lc rgb " + line_colour,
                     "sequential, " + seconds_text(sequential_->median) + " s");
    }
    legend_entry("arrow from screen " + screen_x(legend_end_ + 18) + ",0.03 rto screen 0,0.04 " + whisker,
                 "least to most of the repetitions");
}

void plot_script::legend_entry(const std::string& symbol, const std::string& text) {
    out_ << "set " << symbol << '\n'
         << "set label " << quoted(text) << " at screen " << screen_x(legend_end_ + 42) << ",0.05\n";
    legend_end_ += 74 + 8 * static_cast<double>(text.size());
}

void plot_script::panel(std::size_t index) {
    const std::string threads = "$thread" + std::to_string(index);
    const std::string processes = "$process" + std::to_string(index);
    out_ << "set title " << quoted(plural(cpus_[index], "CPU", "CPUs")) << '\n';
    if (index == 0) {
        out_ << "set ylabel 'seconds'\n";
        legend();
    } else {
        out_ << "unset ylabel\nunset label\nunset object\nunset arrow\nset format y ''\n";
    }
    data(threads, mode::threads, cpus_[index], -bar_offset);
    data(processes, mode::processes, cpus_[index], bar_offset);
    out_ << "plot 0 notitle lc rgb '#555555'";
    if (sequential_) {
        out_ << ", " << fixed(sequential_->median, 6) << " with lines lw 2 dt 2 lc rgb " << line_colour
             << " notitle";
    }
    bars(threads, mode::threads, thread_colour);
    bars(processes, mode::processes, process_colour);
    out_ << '\n';
}

// A line a bar: position, median, least, most, the text above it.
void plot_script::data(const std::string& name, mode how, unsigned cpus, double offset) {
    out_ << name << " << EOD\n";
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        const auto one = find(summaries_, {how, cpus, workers_[i]});
        if (!one) continue;
        out_ << fixed(static_cast<double>(i) + offset, 2) << ' ' << fixed(one->median, 6) << ' '
             << fixed(one->least, 6) << ' ' << fixed(one->most, 6) << ' ' << short_text(one->median) << '\n';
    }
    out_ << "EOD\n";
}

void plot_script::bars(const std::string& name, mode how, const char* colour) {
    if (!shows(how)) return;
    out_ << ", " << name << " using 1:2 with boxes lc rgb " << colour << " notitle, " << name
         << " using 1:3:(0):($4-$3) with vectors " << whisker << " notitle, " << name
         << " using 1:4:5 with labels boxed offset 0,0.7 font ',8' notitle";
}

std::size_t plot_script::width() const {
    const std::size_t panel = std::max<std::size_t>(240, 94 * workers_.size());
    return std::max<std::size_t>(760,
                                 static_cast<std::size_t>(left_margin + right_margin) + panel * cpus_.size());
}

// Room above the highest bar for its figure.
double plot_script::top() const {
    double most = 0;
    for (const summary& one : summaries_) most = std::max(most, one.most);
    return most > 0 ? most * 1.18 : 1;
}

std::string plot_script::screen_x(double pixels) const {
    return fixed(pixels / static_cast<double>(width()), 4);
}

}  // namespace compare

// SPDX-License-Identifier: MIT
#include "program/sweep/plot.hpp"

#include "gnuplot.hpp"
#include "text.hpp"
#include "usage_error.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <iostream>

namespace s3_program {
namespace {

using example_common::fixed;

// They differ for colour-blind eyes as well.
constexpr std::array<const char*, 5> colours{"#333333", "#0072b2", "#e69f00", "#009e73", "#cc79a7"};

const char* colour_of(mode how) { return colours.at(static_cast<std::size_t>(how)); }

// A string of gnuplot's in single quotes, where nothing but the quote is special.
std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char letter : text) result += letter == '\'' ? std::string("''") : std::string(1, letter);
    return result + "'";
}

std::string terminal_for(const std::string& file, std::size_t width) {
    const std::string size = std::to_string(width) + ",460";
    return file.ends_with(".png")
               ? "set terminal pngcairo size " + size + " font 'DejaVu Sans,10'\n"
               : "set terminal svg size " + size + " font 'DejaVu Sans,12' background 'white'\n";
}

const std::string axes =
    "set grid lt 1 lw 1 lc rgb '#dddddd'\nset border 3 lc rgb '#555555'\nset tics nomirror out scale 0.5\n";

std::vector<unsigned> measured_cpus(const sweep_report& all) {
    std::vector<unsigned> cpus;
    for (const measured_cell& cell : all.cells) {
        const bool known = std::find(cpus.begin(), cpus.end(), cell.where.cpus) != cpus.end();
        if (cell.counts() && !known) cpus.push_back(cell.where.cpus);
    }
    return cpus;
}

// From a bit below the fastest run to a bit above the slowest.
std::string range_of(const sweep_report& all) {
    double least = 1e9;
    double most = 1e-9;
    for (const measured_cell& cell : all.cells) {
        if (!cell.counts()) continue;
        const spread found = spread_of(cell, whole_seconds);
        least = std::min(least, found.least);
        most = std::max(most, found.most);
    }
    return "set yrange [" + fixed(least / 1.3, 6) + ":" + fixed(std::max(most, least) * 1.3, 6) + "]\n";
}

// 1, 2 and 5 of each power of ten: a logarithmic axis of little height would else have one label.
std::string ticks() {
    std::string list;
    for (const char* const power : {"0.001", "0.01", "0.1", "1", "10", "100", "1000"}) {
        for (const char* const step : {"1", "2", "5"})
            list += (list.empty() ? "" : ", ") + std::string(step) + "*" + power;
    }
    return "set ytics (" + list + ")\n";
}

std::string name_of_data(mode how, unsigned cpus) {
    return "$data_" + std::to_string(static_cast<int>(how)) + "_" + std::to_string(cpus);
}

// A line a cell: workers, median, least, most. Empty when the mode has none with so many CPUs.
std::string data_of(const sweep_report& all, mode how, unsigned cpus) {
    std::string text;
    for (const measured_cell& cell : all.cells) {
        if (cell.where.how != how || cell.where.cpus != cpus || !cell.counts()) continue;
        const spread found = spread_of(cell, whole_seconds);
        text += std::to_string(cell.where.workers) + " " + fixed(found.median, 6) + " " +
                fixed(found.least, 6) + " " + fixed(found.most, 6) + "\n";
    }
    return text;
}

std::string panel(const sweep_report& all, unsigned cpus) {
    std::string data;
    std::string plots;
    for (const mode how : all.grid.modes) {
        const std::string points = data_of(all, how, cpus);
        if (points.empty()) continue;
        const std::string name = name_of_data(how, cpus);
        const std::string colour = " lc rgb " + quoted(colour_of(how));
        data += name + " << EOD\n" + points + "EOD\n";
        plots += (plots.empty() ? "plot " : ", ") + name + " using 1:2:3:4 with yerrorbars pt 7 ps 0.5" +
                 colour + " notitle, " + name + " using 1:2 with lines lw 2" + colour + " title " +
                 quoted(std::string(name_of(how)));
    }
    return data + "set title " + quoted(example_common::plural(cpus, "CPU", "CPUs")) + "\n" + plots + "\n";
}

}  // namespace

void check_picture_name(const std::string& file) {
    if (file.ends_with(".svg") || file.ends_with(".png")) return;
    throw example_common::usage_error("--plot: \"" + example_common::printable(file) +
                                      "\" ends neither with .svg nor with .png");
}

std::string sweep_script(const sweep_report& all, const std::string& file) {
    const std::vector<unsigned> cpus = measured_cpus(all);
    const std::size_t panels = std::max<std::size_t>(1, cpus.size());
    std::string text = "set encoding utf8\n" + terminal_for(file, 160 + 320 * panels) + axes +
                       "set multiplot layout 1," + std::to_string(panels) + " title " +
                       quoted(all.verb + ": " + all.subject) + " noenhanced\n" +
                       "set logscale xy\nset xlabel 'workers'\nset ylabel 'seconds, whole process'\n" +
                       range_of(all) + ticks() + "set xtics (";
    std::string list;
    for (const unsigned workers : all.grid.workers)
        list += (list.empty() ? "" : ", ") + std::to_string(workers);
    text += list + ")\nset xrange [" + fixed(0.8 * all.grid.workers.front(), 2) + ":" +
            fixed(1.25 * all.grid.workers.back(), 2) + "]\n";
    if (cpus.empty()) text += "set title 'nothing was measured'\nplot 1 notitle\n";
    for (const unsigned count : cpus) text += panel(all, count);
    return text + "unset multiplot\n";
}

std::string rates_script(const std::string& title, const std::vector<double>& rates, double interval,
                         const std::string& file) {
    std::string text = "set encoding utf8\n" + terminal_for(file, 720) + axes + "$rates << EOD\n";
    for (std::size_t i = 0; i != rates.size(); ++i)
        text += fixed(interval * static_cast<double>(i + 1), 3) + " " + fixed(rates[i], 3) + "\n";
    return text + "EOD\nset title " + quoted(title) + " noenhanced\nset xlabel 'seconds'\n" +
           "set ylabel 'X, objects/s'\nset xrange [0:0.001<*]\nset yrange [0:1<*]\n" +
           "plot $rates using 1:2 with linespoints pt 7 ps 0.5 lw 2 lc rgb '#0072b2' notitle\n";
}

void draw_or_say_why(const std::string& script, const std::string& file) {
    try {
        example_common::require_gnuplot();
        example_common::run_gnuplot(script, file);
        std::cout << "written: " << example_common::printable(file) << '\n';
    } catch (const std::exception& problem) {
        std::cout << "no picture " << example_common::printable(file) << ": " << problem.what() << '\n';
    }
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "plot.hpp"

#include "gnuplot.hpp"
#include "plot_script.hpp"
#include "text.hpp"
#include "usage_error.hpp"

namespace compare {
using namespace example_common;

namespace {

bool ends_with(const std::string& text, const std::string& ending) {
    return text.size() > ending.size() &&
           text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

picture_format picture_format_of(const std::string& file) {
    if (ends_with(file, ".svg")) return picture_format::svg;
    if (ends_with(file, ".png")) return picture_format::png;
    throw usage_error("--plot: \"" + printable(file) + "\" ends neither with .svg nor with .png");
}

std::string gnuplot_script(const report& all, picture_format format) {
    return plot_script(all, format).text();
}

void draw(const report& all, const std::string& file) {
    run_gnuplot(gnuplot_script(all, picture_format_of(file)), file);
}

}  // namespace compare

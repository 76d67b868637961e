// SPDX-License-Identifier: MIT
// Writes the gnuplot commands of one picture. Lives for one call; one thread. Keeps a reference to the
// report.
#pragma once

#include <cstddef>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "measurement.hpp"
#include "plot.hpp"
#include "summary.hpp"

namespace compare {

class plot_script {
public:
    plot_script(const report& all, picture_format format);

    // The whole script. Call it once.
    [[nodiscard]] std::string text();

private:
    void header();
    void axes();
    void legend();
    void legend_entry(const std::string& symbol, const std::string& text);
    void panel(std::size_t index);
    void data(const std::string& name, mode how, unsigned cpus, double offset);
    void bars(const std::string& name, mode how, const char* colour);

    [[nodiscard]] bool shows(mode how) const { return fastest(summaries_, how).has_value(); }
    [[nodiscard]] std::size_t width() const;
    [[nodiscard]] double top() const;
    [[nodiscard]] std::string screen_x(double pixels) const;

    const report& all_;
    picture_format format_;
    std::vector<summary> summaries_;
    std::optional<summary> sequential_;
    std::vector<unsigned> cpus_;
    std::vector<unsigned> workers_;
    std::ostringstream out_;
    double legend_end_;  // pixels from the left
};

}  // namespace compare

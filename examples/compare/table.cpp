// SPDX-License-Identifier: MIT
#include "table.hpp"

#include "summary.hpp"
#include "text.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace compare {
using namespace example_common;

namespace {

constexpr std::size_t label_width = 9;
constexpr std::size_t cell_width = 19;

std::string right(const std::string& text, std::size_t width) {
    return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string spread(const summary& one) { return seconds_text(one.least) + " - " + seconds_text(one.most); }

class mode_table {
public:
    mode_table(const report& all, const std::vector<summary>& summaries, mode how)
        : all_(all), summaries_(summaries), how_(how), sequential_(fastest(summaries, mode::sequential)),
          best_(fastest(summaries, how)) {}

    [[nodiscard]] std::string text() const {
        std::string lines = std::string(word_of(how_)) + ": seconds" +
                            (sequential_ ? ", and how many times as fast as sequential" : "") + '\n' +
                            heading();
        for (const unsigned cpus : cpu_counts(summaries_)) lines += row(cpus);
        for (const unsigned cpus : all_.missing_cpus) lines += missing_row(cpus);
        return lines + building() + '\n';
    }

private:
    [[nodiscard]] std::string heading() const {
        std::string line = right("CPUs", label_width);
        for (const unsigned workers : worker_counts(summaries_)) {
            line += right(plural(workers, "worker", "workers"), cell_width);
        }
        return line + '\n';
    }

    // The medians, and below them the spread when there is one.
    [[nodiscard]] std::string row(unsigned cpus) const {
        std::string medians = right(count_text(cpus), label_width);
        std::string spreads(label_width, ' ');
        bool repeated = false;
        for (const unsigned workers : worker_counts(summaries_)) {
            const auto one = find(summaries_, {how_, cpus, workers});
            medians += right(one ? cell(*one) : "failed", cell_width);
            spreads += right(one ? spread(*one) : "", cell_width);
            repeated = repeated || (one && one->most > one->least);
        }
        return medians + '\n' + (repeated ? spreads + '\n' : "");
    }

    [[nodiscard]] std::string cell(const summary& one) const {
        std::string text = (best_ && one.where == best_->where ? "* " : "") + seconds_text(one.median);
        if (sequential_) text += right(fixed(sequential_->median / one.median, 2) + "x", 7);
        return text;
    }

    [[nodiscard]] std::string missing_row(unsigned cpus) const {
        return right(count_text(cpus), label_width) + "   not measured: this program may use " +
               plural(all_.usable_cpus, "CPU", "CPUs") + " here\n";
    }

    // Building does not depend on the CPUs as much as on the workers: the row with most CPUs stands for all.
    [[nodiscard]] std::string building() const {
        std::string line = right("the pool", label_width);
        const std::vector<unsigned> cpus = cpu_counts(summaries_);
        for (const unsigned workers : worker_counts(summaries_)) {
            const auto one = cpus.empty() ? std::nullopt : find(summaries_, {how_, cpus.back(), workers});
            line += right(one ? duration_text(one->build_median) : "", cell_width);
        }
        return line + '\n';
    }

    const report& all_;
    const std::vector<summary>& summaries_;
    mode how_;
    std::optional<summary> sequential_;
    std::optional<summary> best_;
};

std::string sequential_line(const std::vector<summary>& summaries) {
    const auto one = fastest(summaries, mode::sequential);
    if (!one) return "";
    std::string line = "sequential: " + seconds_text(one->median) + " s";
    if (one->most > one->least) line += " (" + spread(*one) + ")";
    return line + "\n\n";
}

unsigned repetitions(const report& all) {
    unsigned most = 0;
    for (const measurement& one : all.measurements) most = std::max(most, one.repetition);
    return most;
}

std::string how_often(const report& all) {
    const unsigned runs = repetitions(all);
    if (runs == 0) return "not one run gave a result\n\n";
    std::string text = "one run each";
    if (runs > 1) text = "medians of " + std::to_string(runs) + " runs, with the least and the most below";
    if (runs < all.repetitions_wanted) {
        text += " (there was no time for all " + std::to_string(all.repetitions_wanted) + ")";
    }
    return text + "; * is the best; \"the pool\" is how much of the time went into building it\n\n";
}

}  // namespace

std::string tables_of(const report& all) {
    const std::vector<summary> summaries = summarise(all.measurements);
    std::string text = all.workload + ": " + all.subject + '\n';
    text += how_often(all);
    text += sequential_line(summaries);
    for (const mode how : {mode::threads, mode::processes}) {
        if (fastest(summaries, how)) text += mode_table(all, summaries, how).text();
    }
    return text;
}

}  // namespace compare

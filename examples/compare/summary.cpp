// SPDX-License-Identifier: MIT
#include "summary.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace compare {
namespace {

double median_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

auto order_of(const setting& where) { return std::tuple(where.how, where.cpus, where.workers); }

summary summarise_one(const setting& where, const std::vector<measurement>& measurements) {
    std::vector<double> seconds;
    std::vector<double> build;
    for (const measurement& one : measurements) {
        if (one.where != where) continue;
        seconds.push_back(one.seconds);
        build.push_back(one.build_seconds);
    }
    const auto [least, most] = std::minmax_element(seconds.begin(), seconds.end());
    return {where, median_of(seconds), *least, *most, median_of(build)};
}

std::vector<unsigned> counts(const std::vector<summary>& all, unsigned setting::*member) {
    std::set<unsigned> found;
    for (const summary& one : all) {
        if (one.where.how != mode::sequential) found.insert(one.where.*member);
    }
    return {found.begin(), found.end()};
}

}  // namespace

std::vector<summary> summarise(const std::vector<measurement>& measurements) {
    std::vector<summary> all;
    for (const measurement& one : measurements) {
        if (!find(all, one.where)) all.push_back(summarise_one(one.where, measurements));
    }
    std::sort(all.begin(), all.end(),
              [](const summary& a, const summary& b) { return order_of(a.where) < order_of(b.where); });
    return all;
}

std::optional<summary> find(const std::vector<summary>& all, const setting& where) {
    for (const summary& one : all) {
        if (one.where == where) return one;
    }
    return std::nullopt;
}

std::optional<summary> fastest(const std::vector<summary>& all, mode how) {
    std::optional<summary> best;
    for (const summary& one : all) {
        if (one.where.how == how && (!best || one.median < best->median)) best = one;
    }
    return best;
}

std::vector<unsigned> cpu_counts(const std::vector<summary>& all) { return counts(all, &setting::cpus); }
std::vector<unsigned> worker_counts(const std::vector<summary>& all) {
    return counts(all, &setting::workers);
}

}  // namespace compare

// SPDX-License-Identifier: MIT
#include "server/recipe.hpp"

#include "server/made_bytes.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <numeric>
#include <stdexcept>

namespace s3_server {
namespace {

// In (0, 1).
double next_share(std::uint64_t& state) {
    return (static_cast<double>(next_number(state) >> 12U) + 0.5) /
           static_cast<double>(std::uint64_t{1} << 52U);
}

// Box and Muller's normal variable, as the exponent.
double next_weight(std::uint64_t& state, double skew) {
    const double radius = std::sqrt(-2 * std::log(next_share(state)));
    return std::exp(skew * radius * std::cos(2 * std::numbers::pi * next_share(state)));
}

std::string day_prefix(std::size_t day) {
    using namespace std::chrono;
    const year_month_day date{sys_days{year{2023} / May / 1} + days{day}};
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "%04d/%02u/%02u/", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text.data();
}

// The `index`th of `count`.
std::string plain_key(std::size_t index, std::size_t count, std::size_t days, std::uint64_t& state) {
    std::array<char, 48> name{};
    std::snprintf(name.data(), name.size(), "object-%07zu-%08x.bin", index,
                  static_cast<unsigned>(next_number(state) >> 32U));
    if (days == 0) return name.data();
    return day_prefix(index * days / count) + name.data();
}

std::vector<std::string> keys_of(const bucket_recipe& recipe, std::uint64_t& state) {
    std::vector<std::string> keys;
    keys.reserve(recipe.objects);
    if (recipe.odd_keys) {
        const auto count = std::min(recipe.objects, odd_keys().size());
        keys.assign(odd_keys().begin(), odd_keys().begin() + static_cast<std::ptrdiff_t>(count));
    }
    const std::size_t plain = recipe.objects - keys.size();
    for (std::size_t i = 0; i < plain; ++i) keys.push_back(plain_key(i, plain, recipe.days, state));
    return keys;
}

std::vector<double> weights_of(const bucket_recipe& recipe, std::uint64_t& state) {
    std::vector<double> weights(recipe.objects);
    for (double& weight : weights) {
        const bool empty = next_share(state) < recipe.empty_share;
        const double drawn = next_weight(state, recipe.skew);
        weight = empty ? 0 : drawn;
    }
    // A small bucket has its empty object too, and one that is not empty.
    if (recipe.empty_share > 0 && weights.size() > 1) weights.front() = 0;
    if (!weights.empty() && weights.back() == 0) weights.back() = 1;
    return weights;
}

// The sizes up to each object are rounded, not each size, so that they add up exactly.
std::vector<std::uint64_t> sizes_of(const bucket_recipe& recipe, std::uint64_t& state) {
    const auto weights = weights_of(recipe, state);
    const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<std::uint64_t> sizes;
    sizes.reserve(weights.size());
    double sum = 0;
    std::uint64_t given = 0;
    for (const double weight : weights) {
        sum += weight;
        const bool last = sizes.size() + 1 == weights.size();
        const auto upto =
            last ? recipe.bytes
                 : std::min(recipe.bytes,
                            static_cast<std::uint64_t>(sum / all * static_cast<double>(recipe.bytes)));
        sizes.push_back(weight == 0 ? 0 : upto - given);
        given += sizes.back();
    }
    return sizes;
}

}  // namespace

std::vector<made_object> made_objects(const bucket_recipe& recipe) {
    std::uint64_t state = recipe.seed;
    auto keys = keys_of(recipe, state);
    const auto sizes = sizes_of(recipe, state);
    std::vector<made_object> objects = recipe.extra;
    objects.reserve(objects.size() + keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) objects.push_back({std::move(keys[i]), sizes[i]});
    std::sort(objects.begin(), objects.end(),
              [](const made_object& one, const made_object& other) { return one.key < other.key; });
    const auto twice =
        std::adjacent_find(objects.begin(), objects.end(),
                           [](const auto& one, const auto& other) { return one.key == other.key; });
    if (twice != objects.end()) throw std::invalid_argument("the recipe makes a key twice: " + twice->key);
    return objects;
}

}  // namespace s3_server

// SPDX-License-Identifier: MIT
// The dates of <chrono>, which cereal (1.3) does not know. Those that the language cannot make without a value
// (month_day_last and its like) stay out. Any bytes give a date, if one that is not ok().
#pragma once

#include <penstock/detail/byte_archive.hpp>

#include <chrono>

namespace cereal {

#define PENSTOCK_DATE(type, saved, ...)                                                      \
    inline void CEREAL_SAVE_FUNCTION_NAME(penstock::detail::output_archive& archive,         \
                                          const std::chrono::type& date) {                   \
        archive saved;                                                                       \
    }                                                                                        \
    inline void CEREAL_LOAD_FUNCTION_NAME(penstock::detail::input_archive& archive,          \
                                          std::chrono::type& date) {                         \
        using namespace std::chrono;                                                         \
        const auto next = [&archive]<class Part>(Part part) { return archive(part), part; }; \
        date = std::chrono::type{__VA_ARGS__};                                               \
    }
PENSTOCK_DATE(day, (static_cast<unsigned>(date)), next(0u))
PENSTOCK_DATE(month, (static_cast<unsigned>(date)), next(0u))
PENSTOCK_DATE(year, (static_cast<int>(date)), next(0))
PENSTOCK_DATE(weekday, (date.c_encoding()), next(0u))
PENSTOCK_DATE(weekday_indexed, (date.weekday(), date.index()), next(weekday{}), next(0u))
PENSTOCK_DATE(month_day, (date.month(), date.day()), next(month{}), next(day{}))
PENSTOCK_DATE(year_month, (date.year(), date.month()), next(year{}), next(month{}))
PENSTOCK_DATE(year_month_day, (date.year(), date.month(), date.day()), next(year{}), next(month{}),
              next(day{}))
PENSTOCK_DATE(year_month_weekday, (date.year(), date.month(), date.weekday_indexed()), next(year{}),
              next(month{}), next(weekday_indexed{}))
#undef PENSTOCK_DATE

}  // namespace cereal

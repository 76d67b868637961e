// SPDX-License-Identifier: MIT
#include <penstock/detail/map_deadline.hpp>

#include <penstock/errors.hpp>

#include <sstream>
#include <stdexcept>

namespace penstock::detail {

map_deadline::map_deadline(const map_options& options) : timeout_(options.timeout), label_(options.label) {
    if (timeout_.count() < 0)
        throw std::invalid_argument("penstock: map_options.timeout is negative; 0 means no limit");
    const auto now = std::chrono::steady_clock::now();
    if (timeout_.count() != 0 && timeout_ < never - now) limit_ = now + timeout_;
}

std::exception_ptr map_deadline::error() const {
    std::ostringstream text;
    text << "penstock: this item" << (label_.empty() ? "" : " of map '" + label_ + "'")
         << " was not finished within " << std::chrono::duration<double>(timeout_).count()
         << " s of the call (map_options.timeout)";
    return std::make_exception_ptr(task_timeout(text.str()));
}

}  // namespace penstock::detail

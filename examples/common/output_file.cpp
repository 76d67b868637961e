// SPDX-License-Identifier: MIT
#include "output_file.hpp"

#include "text.hpp"

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace example_common {

output_file::output_file(std::string name) : name_(std::move(name)) {
    errno = 0;
    stream_.open(name_, std::ios::binary | std::ios::trunc);
    check("cannot make ");
}

void output_file::flush() {
    errno = 0;
    stream_.flush();
    check("cannot write ");
}

void output_file::close() {
    errno = 0;
    stream_.close();
    check("cannot write ");
}

void output_file::check(const char* what) {
    if (stream_) return;
    const std::string reason = errno != 0 ? std::generic_category().message(errno) : "unknown reason";
    throw std::runtime_error(what + printable(name_) + ": " + reason);
}

}  // namespace example_common

// SPDX-License-Identifier: MIT
#include "program/scratch_directory.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace s3_program {

scratch_directory::scratch_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "penstock-s3-XXXXXX").native();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::system_error(errno, std::generic_category(), "making a directory for the demo");
    }
    path_ = name;
}

scratch_directory::~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace s3_program

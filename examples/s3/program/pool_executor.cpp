// SPDX-License-Identifier: MIT
#include "program/pool_executor.hpp"

namespace s3_program {

report report_of(const std::exception& problem) {
    report result;
    result.how = outcome::failed;
    result.error = problem.what();
    if (dynamic_cast<const penstock::worker_died*>(&problem) != nullptr)
        result.error = "worker_lost: " + result.error;
    return result;
}

std::string folder_of(const job& what) { return what.key.substr(0, what.key.rfind('/') + 1); }

}  // namespace s3_program

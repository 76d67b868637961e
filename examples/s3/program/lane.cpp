// SPDX-License-Identifier: MIT
#include "program/lane.hpp"

#include <exception>

namespace s3_program {

lane::lane(const work_order& order, s3::transport& way)
    : keys_(order), bucket_(order.settings, keys_.current(), way), parts_(order.parts) {
    bucket_.renew_with([this](const s3::credentials& refused) { return keys_.newer_than(refused); });
}

s3::task<report> lane::run(job what) {
    report result;
    for (int attempt = 0; attempt != 3; ++attempt) {
        const s3::credentials used = bucket_.keys();
        result = co_await do_job(bucket_, what, parts_);
        if (result.how != outcome::expired || !renewed(used, result)) break;
    }
    co_return result;
}

bool lane::renewed(const s3::credentials& refused, report& result) {
    try {
        return keys_.renewed(refused, bucket_);
    } catch (const std::exception& problem) {
        result.how = outcome::failed;
        result.error = problem.what();
        return false;
    }
}

}  // namespace s3_program

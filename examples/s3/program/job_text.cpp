// SPDX-License-Identifier: MIT
#include "program/job_text.hpp"

#include "text.hpp"

namespace s3_program {
namespace {

std::string place(const char* operation, const std::string& bucket, const std::string& key) {
    return std::string(operation) + " s3://" + bucket + "/" + example_common::printable(key);
}

}  // namespace

std::string text_of(const job& what) {
    if (what.what == verb::put) return place("PUT", what.to_bucket, what.to_key);
    return place(what.what == verb::copy ? "copy" : "GET", what.bucket, what.key);
}

const std::string& row_name_of(const job& what) { return what.what == verb::put ? what.file : what.key; }

}  // namespace s3_program

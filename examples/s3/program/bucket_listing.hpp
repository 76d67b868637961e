// SPDX-License-Identifier: MIT
// The objects of a bucket below a prefix, page by page as they are wanted. One thread. Throws s3_error,
// credential_error; a token that expires is renewed.
#pragma once

#include "client/blocking_transport.hpp"
#include "client/client.hpp"
#include "client/credential_source.hpp"
#include "program/s3_url.hpp"
#include "program/size_histogram.hpp"

#include <optional>
#include <vector>

namespace s3_program {

class bucket_listing {
public:
    // The credentials must outlive it.
    bucket_listing(s3::client_settings settings, s3::credential_source& keys, s3_url where);

    // Reads all pages once to count what is there. A listing of a moderate size is kept and given out by
    // next(); a larger one is read a second time, so that memory does not grow with the bucket.
    [[nodiscard]] size_histogram survey();
    [[nodiscard]] std::optional<s3::listed_object> next();

private:
    [[nodiscard]] bool read_page();
    [[nodiscard]] s3::listing_page page_after(const std::string& token);
    void keep(size_histogram& found, std::vector<s3::listed_object>& kept);

    s3::credential_source& credentials_;
    s3_url where_;
    s3::credentials used_;
    s3::blocking_transport way_;
    s3::client bucket_;
    std::vector<s3::listed_object> objects_;
    std::size_t given_ = 0;
    std::string token_;
    bool complete_ = false;  // no pages after those in objects_
};

}  // namespace s3_program

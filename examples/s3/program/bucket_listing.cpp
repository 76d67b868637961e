// SPDX-License-Identifier: MIT
#include "program/bucket_listing.hpp"

#include "interrupt.hpp"

#include <utility>

namespace s3_program {
namespace {

constexpr std::size_t most_kept = 100'000;

}  // namespace

bucket_listing::bucket_listing(s3::client_settings settings, s3::credential_source& keys, s3_url where)
    : credentials_(keys), where_(std::move(where)), used_(keys.current()),
      way_(example_common::interrupt_requested), bucket_(std::move(settings), used_, way_) {}

size_histogram bucket_listing::survey() {
    size_histogram found;
    std::vector<s3::listed_object> kept;
    while (read_page()) keep(found, kept);
    const bool all_kept = kept.size() == found.objects();
    complete_ = all_kept;
    objects_ = all_kept ? std::move(kept) : std::vector<s3::listed_object>{};
    given_ = 0;
    return found;
}

void bucket_listing::keep(size_histogram& found, std::vector<s3::listed_object>& kept) {
    for (s3::listed_object& one : objects_) {
        found.add(one.size);
        if (found.objects() <= most_kept) kept.push_back(std::move(one));
    }
    if (found.objects() > most_kept) std::vector<s3::listed_object>().swap(kept);
}

std::optional<s3::listed_object> bucket_listing::next() {
    while (given_ == objects_.size()) {
        if (!read_page()) return std::nullopt;
    }
    return std::move(objects_[given_++]);
}

bool bucket_listing::read_page() {
    if (complete_) return false;
    s3::listing_page page = page_after(token_);
    objects_ = std::move(page.objects);
    given_ = 0;
    token_ = std::move(page.next_token);
    complete_ = token_.empty();
    return true;
}

s3::listing_page bucket_listing::page_after(const std::string& token) {
    try {
        return s3::run_here(bucket_.list_page(where_.bucket, where_.key, token));
    } catch (const s3::token_expired&) {
        used_ = credentials_.refreshed(used_);
    }
    bucket_.use(used_);
    return s3::run_here(bucket_.list_page(where_.bucket, where_.key, token));
}

}  // namespace s3_program

// SPDX-License-Identifier: MIT
#include "server/content.hpp"

#include "server/digest.hpp"
#include "server/made_bytes.hpp"
#include "server/text.hpp"

#include <algorithm>
#include <mutex>

namespace s3_server {
namespace {

constexpr std::uint64_t part_of_made_objects = 8'388'608;

std::string md5_of(const content& bytes) {
    digest hash(digest::kind::md5);
    for (std::uint64_t at = 0; at < bytes.size();) {
        const auto most =
            static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size() - at, made_block_size));
        const auto piece = bytes.piece(at, most);
        hash.add(piece);
        at += piece.size();
    }
    return lower_hex(hash.finish());
}

class made final : public content {
public:
    made(std::string_view key, std::uint64_t size, std::uint64_t md5_up_to)
        : number_(number_of(key)), size_(size), md5_up_to_(md5_up_to) {}

    [[nodiscard]] std::uint64_t size() const override { return size_; }

    [[nodiscard]] std::span<const std::byte> piece(std::uint64_t offset, std::size_t most) const override {
        return made_piece(number_, offset, most);
    }

    [[nodiscard]] std::string etag() const override {
        std::call_once(once_, [this] { etag_ = size_ <= md5_up_to_ ? md5_of(*this) : parts_etag(); });
        return etag_;
    }

private:
    [[nodiscard]] std::string parts_etag() const {
        const auto parts = (size_ + part_of_made_objects - 1) / part_of_made_objects;
        return lower_hex(md5(std::to_string(number_))) + "-" + std::to_string(parts);
    }

    std::uint64_t number_;
    std::uint64_t size_;
    std::uint64_t md5_up_to_;
    mutable std::once_flag once_;
    mutable std::string etag_;
};

class stored final : public content {
public:
    explicit stored(std::string bytes) : bytes_(std::move(bytes)), etag_(lower_hex(md5(bytes_))) {}

    [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }

    [[nodiscard]] std::span<const std::byte> piece(std::uint64_t offset, std::size_t most) const override {
        const auto rest = std::as_bytes(std::span(bytes_)).subspan(static_cast<std::size_t>(offset));
        return rest.first(std::min(most, rest.size()));
    }

    [[nodiscard]] std::string etag() const override { return etag_; }

private:
    std::string bytes_;
    std::string etag_;
};

class joined final : public content {
public:
    joined(std::vector<content_slice> slices, std::string etag)
        : slices_(std::move(slices)), etag_(std::move(etag)) {
        for (const auto& slice : slices_) ends_.push_back(size() + slice.size);
        if (etag_.empty()) etag_ = md5_of(*this);
    }

    [[nodiscard]] std::uint64_t size() const override { return ends_.empty() ? 0 : ends_.back(); }

    [[nodiscard]] std::span<const std::byte> piece(std::uint64_t offset, std::size_t most) const override {
        const auto end = std::upper_bound(ends_.begin(), ends_.end(), offset);
        const auto& slice = slices_[static_cast<std::size_t>(end - ends_.begin())];
        const auto left = *end - offset;
        return slice.whole->piece(slice.offset + slice.size - left,
                                  static_cast<std::size_t>(std::min<std::uint64_t>(most, left)));
    }

    [[nodiscard]] std::string etag() const override { return etag_; }

private:
    std::vector<content_slice> slices_;
    std::vector<std::uint64_t> ends_;
    std::string etag_;
};

}  // namespace

content_ptr made_content(std::string_view key, std::uint64_t size, std::uint64_t md5_up_to) {
    return std::make_shared<made>(key, size, md5_up_to);
}

content_ptr stored_content(std::string bytes) { return std::make_shared<stored>(std::move(bytes)); }

content_ptr joined_content(std::vector<content_slice> slices, std::string etag) {
    return std::make_shared<joined>(std::move(slices), std::move(etag));
}

}  // namespace s3_server

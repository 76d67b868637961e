// SPDX-License-Identifier: MIT
#include "pool/output_delivery.hpp"

#include <algorithm>

namespace penstock::pool {

namespace {

constexpr std::size_t least_bound = 16u << 20; // what may be under way at least
constexpr std::size_t overhead = 512;          // of one block: its objects and the allocator's part

std::size_t size_of(const output_block& block) {
    return block.text.size() + block.common.text.size() + block.common.task_label.size() + overhead;
}

} // namespace

/// A block under way. It counts until it is destroyed, delivered or not.
class output_delivery::parcel {
public:
    parcel(std::shared_ptr<output_delivery> delivery, output_block&& block)
        : delivery_(std::move(delivery)), size_(size_of(block)), block_(std::move(block)) {
        delivery_->under_way_ += size_;
    }
    ~parcel() { delivery_->under_way_ -= size_; }
    parcel(const parcel&) = delete;
    parcel& operator=(const parcel&) = delete;

    void open() const { delivery_->call(block_); }

private:
    std::shared_ptr<output_delivery> delivery_;
    std::size_t size_;
    output_block block_;
};

output_delivery::output_delivery(const worker_output& options, callback_thread& callbacks)
    : on_line_(options.on_line), limit_(options.limit),
      most_under_way_(static_cast<std::size_t>(std::max<std::uint64_t>(options.limit, least_bound))), callbacks_(callbacks) {}

bool output_delivery::deliver(output_block&& block, bool urgent) noexcept {
    try {
        if (!urgent && under_way_ + size_of(block) > most_under_way_) return false;
        const auto sent = std::make_shared<parcel>(shared_from_this(), std::move(block));
        callbacks_.post([sent] { sent->open(); });
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

void output_delivery::call(const output_block& block) const {
    captured_line line = block.common;
    if (line.dropped != 0) return call_once(line);
    for (std::size_t begin = 0; begin <= block.text.size();) {
        const std::size_t end = std::min(block.text.find('\n', begin), block.text.size());
        line.text.assign(block.text, begin, end - begin);
        call_once(line);
        begin = end + 1;
    }
}

/// An exception concerns its own line; the others are delivered all the same.
void output_delivery::call_once(const captured_line& line) const noexcept {
    try {
        on_line_(line);
    } catch (...) {
        detail::report_callback_exception();
    }
}

} // namespace penstock::pool

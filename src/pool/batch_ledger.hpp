// SPDX-License-Identifier: MIT
// The batches of one worker: the one that is being gathered, and those that were sent, with the tasks of each. It reads
// the claim page (claim_page.hpp), so it knows which tasks were begun, takes away those that were not, and finds answers
// that the worker has not written yet.
//
//   gather ---> packet() ---sent()---> at the worker ---answered()---> gone
//      |                                   |
//      +--take_gathered    take_unread(packet), take_rest: not begun, and never will be
//
// Pure but for the page: no descriptor, no clock. The owner serialises. What the page says is checked, never believed.
#pragma once

#include "wire/claim_page.hpp"
#include "wire/frame.hpp"
#include "wire/frame_reader.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace penstock::pool {

class batch_ledger {
public:
    using ids = std::vector<std::uint64_t>;
    static constexpr std::size_t most_tasks = 127; // of 8 bytes of arguments each, in a packet

    batch_ledger(wire::claim_page page, std::uint64_t key) : page_(page), key_(key) {}

    /// Adds a task; false when there is no room for it in this batch.
    bool gather(const wire::frame_head& head, std::span<const std::byte> prefix, std::span<const std::byte> body);
    bool has_gathered() const noexcept { return !open_.ids.empty(); }
    /// Before packet(), so that sent() cannot fail; false where there is no memory for that.
    bool make_room() noexcept;
    /// What is to be written, in one piece.
    std::span<const std::byte> packet() noexcept;
    /// packet() was written.
    void sent() noexcept;
    /// Tasks that were gathered or sent and not answered.
    std::size_t outstanding() const noexcept;

    // These append the numbers of tasks that the worker has not begun and now never will, oldest first.
    void take_gathered(ids& taken);
    /// `packet` begins with this head and was read back before the worker read it.
    void take_unread(const wire::frame_head& packet, ids& taken);
    /// The end of the batch that the worker runs. Once it is dead: whatever it has not begun.
    void take_rest(bool dead, ids& taken);

    /// The oldest task was answered.
    void answered() noexcept;
    /// Whether several tasks may have been run of which no answer was seen.
    bool is_between_answers() const noexcept { return !sent_.empty() && sent_.front().ids.size() - sent_.front().answered > 1; }
    /// Where the answer to a task will be in the page.
    struct position {
        std::uint32_t batch = 0;
        std::uint16_t answer = 0;
    };
    std::optional<position> find(std::uint64_t id) const noexcept;
    /// From here on harvest() finds the answers that are in the page now, and none that come later. (What their tasks have
    /// written into the pipe is there by now, and can be read first.)
    void look() noexcept { seen_ = page_.published(); }
    /// The answer to the oldest task, when it lies in the page; valid until the next call. It comes by the pipe as well,
    /// if the worker lives.
    std::optional<wire::frame_in> harvest();

private:
    struct batch {
        std::uint32_t number = 0;  ///< 0 while it is open
        std::size_t answered = 0;
        batch_ledger::ids ids;
    };

    void forget_answered() noexcept;
    void recycle(batch&& done) noexcept;
    batch fresh() noexcept;

    wire::claim_page page_;
    std::uint64_t key_;
    std::vector<batch> sent_; // oldest first; a few
    batch open_;
    std::array<std::byte, wire::max_packet> packet_; // the batch's head and its frames
    std::size_t size_ = sizeof(wire::frame_head);
    std::uint32_t last_number_ = 0;
    wire::claim_page::published_answers seen_;
    std::vector<ids> spare_;          // their memory is used again
    std::uint32_t walked_batch_ = 0;  // harvest() has walked `walked_` answers of it, of `walked_bytes_`
    std::size_t walked_ = 0;
    std::size_t walked_bytes_ = 0;
    std::vector<std::byte> found_;    // the body of the last answer that was harvested
};

} // namespace penstock::pool

// SPDX-License-Identifier: MIT
// Whose turn it is among the classes of priority: the most urgent one in which something waits, but after 16 tasks that
// overtook a less urgent class it is that one's turn, so that nothing waits for ever. Pure.
#pragma once

#include <penstock/pool_options.hpp>

#include <array>
#include <cstddef>

namespace penstock::pool {

inline constexpr std::size_t priority_classes = 3; // as many as task_priority has

class priority_turns {
public:
    using waiting = std::array<bool, priority_classes>;
    static constexpr int patience = 16;

    /// Requires that something waits in one of the classes.
    std::size_t next(const waiting& waits) const noexcept {
        for (std::size_t which = priority_classes; which-- != 0;)
            if (waits[which] && overtaken_[which] >= patience) return which;
        std::size_t which = 0;
        while (which + 1 != priority_classes && !waits[which]) ++which;
        return which;
    }
    /// A task of that class was taken while the others waited, or not.
    void took(std::size_t which, const waiting& waits) noexcept {
        overtaken_[which] = 0;
        for (std::size_t less = which + 1; less != priority_classes; ++less) overtaken_[less] = waits[less] ? overtaken_[less] + 1 : 0;
    }

private:
    std::array<int, priority_classes> overtaken_{};
};

} // namespace penstock::pool

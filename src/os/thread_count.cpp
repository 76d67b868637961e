// SPDX-License-Identifier: MIT
#include "os/thread_count.hpp"

#include <dirent.h>
#include <poll.h>

namespace penstock::os {

std::size_t thread_count() noexcept {
    DIR* threads = ::opendir("/proc/self/task");
    if (threads == nullptr) return 0;
    std::size_t count = 0;
    while (const dirent* entry = ::readdir(threads)) count += entry->d_name[0] != '.';
    ::closedir(threads);
    return count;
}

// pthread_join returns when the kernel has cleared the thread's id, and it leaves /proc/self/task only after that.
bool is_single_threaded() noexcept {
    for (int look = 0; look != 200; ++look) {
        const std::size_t count = thread_count();
        if (count <= 1) return count == 1;
        ::poll(nullptr, 0, 1);
    }
    return false;
}

}  // namespace penstock::os

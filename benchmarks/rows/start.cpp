// SPDX-License-Identifier: MIT
#include "common/median.hpp"
#include "common/stopwatch.hpp"
#include "rows/rows.hpp"
#include "rows/tasks.hpp"

#include <sys/mman.h>

#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>

namespace penstock::bench {

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
constexpr std::size_t started_workers = 4;  // whatever was asked for: the goal says so

/// Memory that this process really has, in small pages: what makes a fork slow.
class ballast {
public:
    explicit ballast(std::size_t size)
        : size_(size),
          memory_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
        if (memory_ == MAP_FAILED) throw std::runtime_error("no memory for a large parent");
        madvise(memory_, size, MADV_NOHUGEPAGE);
        std::memset(memory_, 1, size);
    }
    ballast(const ballast&) = delete;
    ballast& operator=(const ballast&) = delete;
    ~ballast() { munmap(memory_, size_); }

private:
    std::size_t size_;
    void* memory_;
};

std::size_t available_memory() {
    std::ifstream file("/proc/meminfo");
    std::string name;
    for (std::size_t kibibytes = 0; file >> name >> kibibytes; file.ignore(64, '\n'))
        if (name == "MemAvailable:") return kibibytes << 10;
    return 0;
}

/// From the pool's constructor to the first result, in ms.
double start_once(std::size_t workers) {
    const stopwatch time;
    process_pool pool({.workers = workers});
    const std::uint64_t answer = pool.submit(null_task, std::uint64_t{5}).get();
    const double took = time.milliseconds();
    require(answer == 5, "the first result");
    return took;
}

measurement start(const request& asked, std::size_t parent_size, const char* variant) {
    if (available_memory() < parent_size + parent_size / 2)
        return {ourselves, variant, 0, "ms", "too little memory for a parent of " + std::string(variant)};
    const ballast memory(parent_size);
    std::vector<double> times;
    for (int i = 0; i != asked.amount(9, 5); ++i) times.push_back(start_once(started_workers));
    return {ourselves, variant, median(std::move(times)), "ms"};
}

}  // namespace

measurements start_first_result(const request& asked) {
    return {start(asked, 10 * mebibyte, "10 MB"), start(asked, 2048 * mebibyte, "2 GB")};
}

}  // namespace penstock::bench

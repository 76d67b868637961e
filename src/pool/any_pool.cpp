// SPDX-License-Identifier: MIT
#include <penstock/any_pool.hpp>

#include <array>
#include <stdexcept>
#include <string>

namespace penstock {

namespace {

constexpr std::array<std::string_view, 3> names{"sequential", "threads", "processes"};

template <class Pool>
std::shared_ptr<Pool> checked(std::shared_ptr<Pool> pool) {
    if (pool == nullptr) throw std::invalid_argument("penstock: any_pool: there is no pool behind this pointer");
    return pool;
}

/// Shares nothing: the pool is its caller's.
template <class Pool>
std::shared_ptr<Pool> refer_to(Pool& pool) noexcept {
    return std::shared_ptr<Pool>(std::shared_ptr<void>(), &pool);
}

using any_of = std::variant<std::shared_ptr<inline_pool>, std::shared_ptr<thread_pool>, std::shared_ptr<process_pool>>;

any_of make(pool_kind kind, pool_options options) {
    switch (kind) {
        case pool_kind::sequential:
            options.workers = 0;
            return std::make_shared<inline_pool>(std::move(options));
        case pool_kind::threads:
            return std::make_shared<thread_pool>(std::move(options));
        case pool_kind::processes:
            return std::make_shared<process_pool>(options);
    }
    throw std::invalid_argument("penstock: any_pool: " + std::to_string(static_cast<int>(kind)) + " is no pool_kind");
}

} // namespace

std::string_view name_of(pool_kind kind) noexcept {
    const auto place = static_cast<std::size_t>(kind);
    return place < names.size() ? names[place] : "unknown";
}

std::optional<pool_kind> pool_kind_of(std::string_view name) noexcept {
    for (const auto kind : {pool_kind::sequential, pool_kind::threads, pool_kind::processes})
        if (name == name_of(kind)) return kind;
    return std::nullopt;
}

any_pool::any_pool(pool_kind kind, pool_options options) : pool_(make(kind, std::move(options))) {}

any_pool::any_pool(std::shared_ptr<inline_pool> pool) : pool_(checked(std::move(pool))) {}
any_pool::any_pool(std::shared_ptr<thread_pool> pool) : pool_(checked(std::move(pool))) {}
any_pool::any_pool(std::shared_ptr<process_pool> pool) : pool_(checked(std::move(pool))) {}

any_pool::any_pool(inline_pool& pool) noexcept : pool_(refer_to(pool)) {}
any_pool::any_pool(thread_pool& pool) noexcept : pool_(refer_to(pool)) {}
any_pool::any_pool(process_pool& pool) noexcept : pool_(refer_to(pool)) {}

void any_pool::wait_idle() {
    std::visit([](const auto& pool) { pool->wait_idle(); }, pool_);
}

void any_pool::shutdown(shutdown_mode mode) {
    std::visit([mode](const auto& pool) { pool->shutdown(mode); }, pool_);
}

pool_stats any_pool::stats() const {
    return std::visit([](const auto& pool) { return pool->stats(); }, pool_);
}

std::size_t any_pool::workers() const {
    return std::visit([](const auto& pool) { return pool->workers(); }, pool_);
}

} // namespace penstock

// SPDX-License-Identifier: MIT
#include <penstock/detail/byte_archive.hpp>

#include <future>
#include <ios>
#include <map>
#include <memory>
#include <mutex>

namespace penstock::detail {

void fail_nesting() {
    throw archive_error("values are nested more than " + std::to_string(max_nesting) + " deep");
}

void fail_short_input(std::uint64_t wanted, std::size_t left) {
    throw archive_error("a size of " + std::to_string(wanted) + " is declared where " + std::to_string(left) +
                        " bytes are left");
}

void fail_bool(unsigned char value) { throw archive_error("a bool holds " + std::to_string(value)); }

void fail_left_over(std::size_t bytes) {
    throw archive_error(std::to_string(bytes) +
                        " bytes are left over: what was written and what was read do not match");
}

namespace {

constexpr std::size_t most_remembered = 4096; // categories, and messages of each: what workers make up must not add up

/// Stands for a category that this process knows by name alone; never destroyed, as error codes point to it.
class foreign_category : public std::error_category {
public:
    explicit foreign_category(std::string name) : name_(std::move(name)) {}
    const char* name() const noexcept override { return name_.c_str(); }
    std::string message(int value) const override {
        const std::lock_guard lock(mutex_);
        const auto found = messages_.find(value);
        return found == messages_.end() ? name_ + ":" + std::to_string(value) : found->second;
    }
    void remember(int value, const std::string& message) {
        const std::lock_guard lock(mutex_);
        if (messages_.size() < most_remembered) messages_.emplace(value, message);
    }

private:
    std::string name_;
    mutable std::mutex mutex_;
    std::map<int, std::string> messages_;
};

foreign_category& find_foreign(const std::string& name) {
    static std::mutex mutex;
    static auto* known = new std::map<std::string, std::unique_ptr<foreign_category>>;
    const std::lock_guard lock(mutex);
    const bool is_full = known->size() >= most_remembered && known->find(name) == known->end();
    const std::string kept = is_full ? "an unknown category" : name;
    auto& entry = (*known)[kept];
    if (entry == nullptr) entry = std::make_unique<foreign_category>(kept);
    return *entry;
}

} // namespace

std::error_code make_error_code(const std::string& category, int value, const std::string& message) {
    for (const std::error_category* known :
         {&std::generic_category(), &std::system_category(), &std::iostream_category(), &std::future_category()})
        if (category == known->name()) return {value, *known};
    auto& foreign = find_foreign(category);
    foreign.remember(value, message);
    return {value, foreign};
}

} // namespace penstock::detail

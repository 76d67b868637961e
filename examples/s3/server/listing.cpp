// SPDX-License-Identifier: MIT
#include "server/listing.hpp"

#include <algorithm>

namespace s3_server {
namespace {

using place = object_map::const_iterator;

// The first key that does not begin with the prefix and comes after those that do.
place past_prefix(const object_map& objects, std::string prefix) {
    while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
    if (prefix.empty()) return objects.end();
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
    return objects.lower_bound(prefix);
}

place first_of(const object_map& objects, const list_wish& wish) {
    place first = objects.lower_bound(wish.prefix);
    const auto later = [&](place candidate) {
        if (candidate == objects.end() || (first != objects.end() && first->first < candidate->first))
            first = candidate;
    };
    if (!wish.after.empty()) later(objects.upper_bound(wish.after));
    if (!wish.after_prefix.empty()) later(past_prefix(objects, wish.after_prefix));
    return first;
}

// "a/" for the key "a/b/c" with the prefix "" and the delimiter "/"; empty when there is none.
std::string common_prefix(const std::string& key, const list_wish& wish) {
    if (wish.delimiter.empty()) return {};
    const auto found = key.find(wish.delimiter, wish.prefix.size());
    return found == key.npos ? std::string{} : key.substr(0, found + wish.delimiter.size());
}

}  // namespace

listing page_of(const object_map& objects, const list_wish& wish) {
    listing page;
    place at = first_of(objects, wish);
    while (at != objects.end() && at->first.starts_with(wish.prefix)) {
        if (page.objects.size() + page.common_prefixes.size() >= wish.most) {
            page.truncated = wish.most > 0;
            break;
        }
        page.last_prefix = common_prefix(at->first, wish);
        page.last_key = at->first;
        if (page.last_prefix.empty()) {
            page.objects.push_back({at->first, at->second});
            ++at;
        } else {
            page.common_prefixes.push_back(page.last_prefix);
            at = past_prefix(objects, page.last_prefix);
        }
    }
    return page;
}

}  // namespace s3_server

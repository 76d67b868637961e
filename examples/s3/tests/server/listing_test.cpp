// SPDX-License-Identifier: MIT
#include "server/server.hpp"
#include "support/plain_client.hpp"

#include <gtest/gtest.h>
#include <algorithm>

namespace s3_server::test {
namespace {

bucket_recipe small_bucket(std::size_t objects = 200) {
    bucket_recipe recipe;
    recipe.name = "bucket";
    recipe.objects = objects;
    recipe.bytes = objects * 10;
    return recipe;
}

server_options serving(const bucket_recipe& recipe) {
    server_options options;
    options.buckets = {recipe};
    return options;
}

// What `encoding-type=url` means, undone.
std::string decoded(const std::string& text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            result += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
            i += 2;
        } else {
            result += text[i] == '+' ? ' ' : text[i];
        }
    }
    return result;
}

struct listed {
    std::vector<std::string> keys;
    std::vector<std::string> prefixes;
    std::size_t pages = 0;
};

// All pages, one after the other.
listed list_all(plain_client& client, pairs query, const std::string& token_element,
                const std::string& token_name) {
    listed all;
    query.emplace_back("encoding-type", "url");
    pairs token;
    do {
        pairs asked = query;
        asked.insert(asked.end(), token.begin(), token.end());
        const reply page = client.get("/bucket", asked);
        EXPECT_EQ(page.status, 200U) << page.body;
        for (const auto& key : elements(page.body, "Key")) all.keys.push_back(decoded(key));
        const auto prefixes = elements(page.body, "Prefix");
        for (std::size_t i = 1; i < prefixes.size(); ++i) all.prefixes.push_back(decoded(prefixes[i]));
        ++all.pages;
        const bool more = page.element("IsTruncated") == "true";
        EXPECT_EQ(page.element(token_element).empty(), !more);
        token = more ? pairs{{token_name, decoded(page.element(token_element))}} : pairs{};
    } while (!token.empty() && all.pages < 1000);
    return all;
}

listed list_all(plain_client& client, pairs query = {}) {
    query.emplace_back("list-type", "2");
    return list_all(client, query, "NextContinuationToken", "continuation-token");
}

std::vector<std::string> made_keys(const bucket_recipe& recipe) {
    std::vector<std::string> keys;
    for (const auto& one : made_objects(recipe)) keys.push_back(one.key);
    return keys;
}

TEST(listing, forty_six_thousand_keys_in_forty_six_pages) {
    const auto recipe = small_bucket(46'000);
    const server running(serving(recipe));
    plain_client client(running.port());
    const listed all = list_all(client);
    EXPECT_EQ(all.pages, 46U);
    EXPECT_EQ(all.keys, made_keys(recipe));
}

TEST(listing, pages_of_any_size_hold_all_keys_once) {
    const auto recipe = small_bucket();
    const server running(serving(recipe));
    plain_client client(running.port());
    for (const char* const most : {"1", "7", "199", "200", "5000"}) {
        EXPECT_EQ(list_all(client, {{"max-keys", most}}).keys, made_keys(recipe)) << most;
    }
}

TEST(listing, the_first_version_of_the_operation_too) {
    const auto recipe = small_bucket();
    const server running(serving(recipe));
    plain_client client(running.port());
    EXPECT_EQ(list_all(client, {{"max-keys", "7"}}, "NextMarker", "marker").keys, made_keys(recipe));
}

TEST(listing, a_delimiter_folds_keys_into_common_prefixes) {
    const auto recipe = small_bucket();
    const server running(serving(recipe));
    plain_client client(running.port());
    const auto whole = list_all(client, {{"delimiter", "/"}});
    EXPECT_TRUE(std::count(whole.prefixes.begin(), whole.prefixes.end(), "2023/") == 1);
    EXPECT_TRUE(std::count(whole.prefixes.begin(), whole.prefixes.end(), "/") == 1);
    for (const auto& key : whole.keys) EXPECT_EQ(key.find('/'), key.npos) << key;
    for (const char* const most : {"1", "2", "3"}) {
        const auto paged = list_all(client, {{"delimiter", "/"}, {"max-keys", most}});
        EXPECT_EQ(paged.keys, whole.keys);
        EXPECT_EQ(paged.prefixes, whole.prefixes);
    }
    const auto days = list_all(client, {{"delimiter", "/"}, {"prefix", "2023/05/"}, {"max-keys", "4"}});
    EXPECT_EQ(days.prefixes.size(), 30U);
    EXPECT_TRUE(days.keys.empty());
    EXPECT_EQ(list_all(client, {{"prefix", "2023/05/17/"}}).keys.size(), 6U);
}

TEST(listing, start_after_leaves_out_what_comes_before) {
    const auto recipe = small_bucket();
    const server running(serving(recipe));
    plain_client client(running.port());
    const auto keys = made_keys(recipe);
    const std::vector<std::string> rest(keys.begin() + 100, keys.end());
    EXPECT_EQ(list_all(client, {{"start-after", keys[99]}, {"max-keys", "30"}}).keys, rest);
}

TEST(listing, without_encoding_the_keys_are_escaped_for_xml) {
    const server running(serving(small_bucket()));
    plain_client client(running.port());
    const auto keys = elements(client.get("/bucket", {{"list-type", "2"}}).body, "Key");
    for (const auto& key : odd_keys()) EXPECT_TRUE(std::count(keys.begin(), keys.end(), key) == 1) << key;
}

TEST(listing, tells_size_and_etag_of_each_object) {
    const server running(serving(small_bucket()));
    plain_client client(running.port());
    const reply page = client.get("/bucket", {{"list-type", "2"}, {"prefix", "./x"}});
    const reply whole = client.get("/bucket/./x");
    EXPECT_EQ(page.element("Size"), std::to_string(whole.body.size()));
    EXPECT_EQ(page.element("ETag"), whole.header("etag"));
    EXPECT_EQ(page.element("ETag"), "\"" + hex_md5(whole.body) + "\"");
}

TEST(listing, refuses_bad_arguments_and_a_bucket_that_is_not_there) {
    const server running(serving(small_bucket()));
    plain_client client(running.port());
    EXPECT_EQ(client.get("/bucket", {{"list-type", "2"}, {"continuation-token", "7"}}).code(),
              "InvalidArgument");
    EXPECT_EQ(client.get("/bucket", {{"list-type", "2"}, {"max-keys", "x"}}).code(), "InvalidArgument");
    EXPECT_EQ(client.get("/bucket", {{"list-type", "2"}, {"encoding-type", "x"}}).code(), "InvalidArgument");
    EXPECT_EQ(client.get("/nowhere", {{"list-type", "2"}}).code(), "NoSuchBucket");
}

}  // namespace
}  // namespace s3_server::test

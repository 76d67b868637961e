// SPDX-License-Identifier: MIT
#include "client/endpoint.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace s3::test {
namespace {

client_settings at(const std::string& endpoint, addressing style = addressing::automatic) {
    client_settings settings;
    settings.endpoint = endpoint;
    settings.style = style;
    return settings;
}

std::string url(const client_settings& settings, const std::string& bucket, const std::string& key,
                const std::string& region = "eu-west-1") {
    const place where = place_of(settings, region, bucket, key);
    return where.origin + where.path;
}

TEST(endpoint, of_aws_has_the_bucket_in_the_host) {
    EXPECT_EQ(url(at(""), "fruit", "a b"), "https://fruit.s3.eu-west-1.amazonaws.com/a%20b");
    EXPECT_EQ(url(at(""), "fruit", ""), "https://fruit.s3.eu-west-1.amazonaws.com/");
    EXPECT_EQ(url(at(""), "fruit", "k", "cn-north-1"), "https://fruit.s3.cn-north-1.amazonaws.com.cn/k");
}

TEST(endpoint, of_aws_has_a_bucket_that_fits_no_certificate_in_the_path) {
    EXPECT_EQ(url(at(""), "my.fruit", "k"), "https://s3.eu-west-1.amazonaws.com/my.fruit/k");
    EXPECT_EQ(url(at(""), "Fruit_1", "k"), "https://s3.eu-west-1.amazonaws.com/Fruit_1/k");
}

TEST(endpoint, of_ones_own_has_the_bucket_in_the_path) {
    EXPECT_EQ(url(at("http://127.0.0.1:9000"), "fruit", "a//b"), "http://127.0.0.1:9000/fruit/a//b");
    EXPECT_EQ(url(at("http://127.0.0.1:9000/"), "fruit", ""), "http://127.0.0.1:9000/fruit");
    EXPECT_EQ(url(at("https://store.example/base/"), "fruit", "k"), "https://store.example/base/fruit/k");
}

TEST(endpoint, follows_the_style_asked_for) {
    EXPECT_EQ(url(at("http://store.test:80", addressing::virtual_host), "fruit", "k"),
              "http://fruit.store.test:80/k");
    EXPECT_EQ(url(at("", addressing::path), "fruit", "k"), "https://s3.eu-west-1.amazonaws.com/fruit/k");
}

TEST(endpoint, host_leaves_out_the_schemes_own_port) {
    EXPECT_EQ(place_of(at("http://store.test:80"), "r", "b", "").host, "store.test");
    EXPECT_EQ(place_of(at("https://store.test:443"), "r", "b", "").host, "store.test");
    EXPECT_EQ(place_of(at("http://store.test:443"), "r", "b", "").host, "store.test:443");
}

TEST(endpoint, of_sts_is_regional_or_the_one_given) {
    client_settings settings;
    settings.region = "eu-west-1";
    EXPECT_EQ(place_of_sts(settings).origin, "https://sts.eu-west-1.amazonaws.com");
    settings.endpoint = "http://127.0.0.1:1";
    EXPECT_EQ(place_of_sts(settings).origin, "http://127.0.0.1:1");
    settings.sts_endpoint = "http://127.0.0.1:2";
    EXPECT_EQ(place_of_sts(settings).origin, "http://127.0.0.1:2");
}

TEST(endpoint, that_is_none_is_refused) {
    for (const auto* wrong : {"localhost:9000", "ftp://x", "http://", "http://user:word@host"}) {
        EXPECT_THROW((void)place_of(at(wrong), "r", "b", "k"), std::invalid_argument) << wrong;
    }
}

TEST(endpoint, takes_no_region_that_leads_elsewhere) {
    for (const std::string wrong : {"", "evil.example/", "EU", "eu west", "eu-west-1\r\nx: y", "a.b", "a@b", "a#"}) {
        EXPECT_THROW((void)url(at(""), "fruit", "k", wrong), std::invalid_argument) << wrong;
        EXPECT_THROW((void)url(at("http://127.0.0.1:1"), "fruit", "k", wrong), std::invalid_argument) << wrong;
        client_settings settings;
        settings.region = wrong;
        EXPECT_THROW((void)place_of_sts(settings), std::invalid_argument) << wrong;
    }
    EXPECT_TRUE(is_region("us-gov-west-1"));
}

TEST(region, is_found_in_a_host) {
    EXPECT_EQ(region_in("fruit.s3.eu-west-1.amazonaws.com"), "eu-west-1");
    EXPECT_EQ(region_in("https://fruit.s3-ap-south-1.amazonaws.com/x"), "ap-south-1");
    EXPECT_EQ(region_in("s3.eu-west-1.amazonaws.com"), "eu-west-1");
    EXPECT_EQ(region_in("fruit.s3.amazonaws.com"), "us-east-1");
    EXPECT_EQ(region_in("my.s3.fruit.s3.eu-west-1.amazonaws.com"), "eu-west-1");
    EXPECT_EQ(region_in("127.0.0.1:9000"), "");
    EXPECT_EQ(region_in(""), "");
}

}  // namespace
}  // namespace s3::test

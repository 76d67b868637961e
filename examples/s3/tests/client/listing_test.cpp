// SPDX-License-Identifier: MIT
// Listings: every key as it is, every page, and no endless loop.
#include "client/encode.hpp"

#include "both_transports.hpp"

namespace s3::test {
namespace {

std::string object_xml(const std::string& key, std::size_t size = 1) {
    return "<Contents><Key>" + key +
           "</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>" +
           std::to_string(size) + "</Size></Contents>";
}

std::string page_xml(const std::string& objects, const std::string& more = {}, bool truncated = false) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "
           "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
           "<Name>fruit</Name><EncodingType>url</EncodingType><IsTruncated>" +
           std::string(truncated ? "true" : "false") + "</IsTruncated>" + more + objects +
           "</ListBucketResult>";
}

class listing : public both_transports {};
INSTANTIATE_TEST_SUITE_P(over, listing, ::testing::Values("blocking", "multi"), transport_name);

TEST_P(listing, gives_odd_keys_as_they_are) {
    const std::vector<std::string> keys{
        " ",    "a b",  "a+b",  "a//b", "a/../b", "%2F",       "\xe6\x97\xa5\xe6\x9c\xac",
        "a\nb", "a&<b", "\x01", "/",    "a\r\nb", "trailing ", std::string(1000, 'k')};
    std::string objects;
    for (const auto& key : keys) objects += object_xml(percent_encoded(key), key.size());
    scripted_server server([&](const seen_request&) { return answer(200, page_xml(objects)); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const listing_page page = run(bucket.list_page("fruit"));
    ASSERT_EQ(page.objects.size(), keys.size());
    for (std::size_t at = 0; at < keys.size(); ++at) {
        EXPECT_EQ(page.objects[at].key, keys[at]);
        EXPECT_EQ(page.objects[at].size, keys[at].size());
        EXPECT_EQ(page.objects[at].etag, "\"e\"");
    }
    EXPECT_EQ(page.next_token, "");
}

TEST_P(listing, of_a_server_that_encodes_nothing_keeps_percent_signs_and_blanks) {
    const std::string body = "<ListBucketResult><IsTruncated>false</IsTruncated>" + object_xml("a%2Fb+c") +
                             object_xml(" ") + "</ListBucketResult>";
    scripted_server server([&](const seen_request&) { return answer(200, body); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const listing_page page = run(bucket.list_page("fruit"));
    ASSERT_EQ(page.objects.size(), 2U);
    EXPECT_EQ(page.objects[0].key, "a%2Fb+c");
    EXPECT_EQ(page.objects[1].key, " ");
}

TEST_P(listing, asks_for_what_it_was_told) {
    scripted_server server([&](const seen_request&) {
        return answer(200, page_xml("", "<CommonPrefixes><Prefix>a%2Fb%20c%2F</Prefix></CommonPrefixes>"));
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const listing_page page = run(bucket.list_page("fruit", "a/b c+", "to/ken=", 7, "/"));
    EXPECT_EQ(page.common_prefixes, std::vector<std::string>{"a/b c/"});
    EXPECT_EQ(server.requests().at(0).target,
              "/fruit?continuation-token=to%2Fken%3D&delimiter=%2F&encoding-type=url&list-type=2&max-keys=7&"
              "prefix=a%2Fb%20c%2B");
}

task<std::size_t> count_all(client* bucket) {
    std::size_t count = 0;
    std::string token;
    do {
        listing_page page = co_await bucket->list_page("fruit", "", token);
        count += page.objects.size();
        token = page.next_token;
    } while (!token.empty());
    co_return count;
}

TEST_P(listing, goes_from_page_to_page) {
    scripted_server server([&](const seen_request& request) {
        const std::string next =
            "<NextContinuationToken>t/" + std::to_string(request.number) + "</NextContinuationToken>";
        const bool more = request.number < 45;
        return answer(200,
                      page_xml(object_xml("k" + std::to_string(request.number)), more ? next : "", more));
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(run(count_all(&bucket)), 46U);
    EXPECT_NE(server.requests().at(45).target.find("continuation-token=t%2F44"), std::string::npos);
}

TEST_P(listing, truncated_without_a_token_is_an_error) {
    scripted_server server(
        [&](const seen_request&) { return answer(200, page_xml(object_xml("k"), "", true)); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const std::string text = error_of(count_all(&bucket)).what();
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_NE(text.find("list s3://fruit: 200: the listing is truncated but holds no token"),
              std::string::npos)
        << text;
}

TEST_P(listing, whose_token_leads_back_to_itself_is_an_error) {
    scripted_server server([&](const seen_request&) {
        return answer(200,
                      page_xml(object_xml("k"), "<NextContinuationToken>t</NextContinuationToken>", true));
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    (void)error_of(count_all(&bucket));
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST_P(listing, answered_with_html_says_so) {
    scripted_server server([&](const seen_request&) {
        return answer(200, "<!DOCTYPE html>\n<html><body>Sign in to the hotel's network</body></html>",
                      "Content-Type: text/html\r\n");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const std::string text = error_of(bucket.list_page("fruit")).what();
    EXPECT_EQ(
        text.find("list s3://fruit: 200: the server answered with HTML that begins \"<!DOCTYPE html> <html>"),
        0U)
        << text;
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_P(listing, refused_with_html_says_so) {
    scripted_server server([&](const seen_request&) { return answer(403, "<html>no entry</html>"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const s3_error error = error_of(bucket.list_page("fruit"));
    EXPECT_STREQ(error.what(),
                 "list s3://fruit: 403: the server answered with HTML that begins \"<html>no entry</html>\"");
}

TEST_P(listing, cut_in_the_middle_of_the_xml_is_an_error) {
    const std::string whole = page_xml(object_xml("a") + object_xml("b"));
    scripted_server server(
        [&](const seen_request&) { return answer(200, whole.substr(0, whole.size() - 40)); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(error_of(bucket.list_page("fruit")).status(), 200);
}

TEST_P(listing, keys_reach_the_wire_as_they_are) {
    const std::vector<std::string> keys{"a/../b", "a//b", "./a", "/", "..", "a b+%2F?#\n"};
    scripted_server server([&](const seen_request&) { return answer(200, "x"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    for (const auto& key : keys) (void)run(bucket.get({"fruit", key}, {}));
    for (std::size_t at = 0; at < keys.size(); ++at) {
        EXPECT_EQ(server.requests().at(at).target, "/fruit/" + path_encoded(keys[at]));
    }
    const seen_request first = server.requests().at(0);
    EXPECT_EQ(first.header("x-amz-content-sha256"),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(first.header("x-amz-security-token"), some_keys().session_token);
    EXPECT_NE(first.header("authorization").find("x-amz-security-token"), std::string::npos);
    EXPECT_EQ("http://" + first.header("host"), server.endpoint());
}

}  // namespace
}  // namespace s3::test

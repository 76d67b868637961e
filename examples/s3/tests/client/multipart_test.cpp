// SPDX-License-Identifier: MIT
// Copies and multipart uploads: errors under a 200, parts, and no upload left behind.
#include "both_transports.hpp"

#include <numeric>

namespace s3::test {
namespace {

const object_name pear{"fruit", "a pear"};
const object_name copied{"store", "pear/2"};

reply xml_answer(const std::string& xml) { return answer(200, "<?xml version=\"1.0\"?>\n" + xml); }

// A server that takes multipart uploads and refuses one part number, if told so.
reply play_multipart(const seen_request& request, const std::string& refused = "none") {
    if (request.method == "HEAD")
        return {"HTTP/1.1 200 X\r\nContent-Length: 25\r\nETag: \"src\"\r\n\r\n", then::keep, {}};
    if (request.target.find("?uploads=") != std::string::npos) {
        return xml_answer(
            "<InitiateMultipartUploadResult><UploadId>u/1</UploadId></InitiateMultipartUploadResult>");
    }
    if (request.method == "DELETE") return answer(204);
    const auto part = request.target.find("?partNumber=");
    if (part == std::string::npos) {
        return xml_answer(
            "<CompleteMultipartUploadResult><ETag>&quot;all-3&quot;</ETag></CompleteMultipartUploadResult>");
    }
    const std::string number = request.target.substr(part + 12, request.target.find('&') - part - 12);
    if (number == refused) return error_answer(403, "AccessDenied");
    if (request.header("x-amz-copy-source").empty()) return answer(200, "", "ETag: \"p" + number + "\"\r\n");
    return xml_answer("<CopyPartResult><ETag>&quot;p" + number + "&quot;</ETag></CopyPartResult>");
}

class multipart : public both_transports {};
INSTANTIATE_TEST_SUITE_P(over, multipart, ::testing::Values("blocking", "multi"), transport_name);

TEST_P(multipart, copy_names_its_source) {
    scripted_server server([](const seen_request&) {
        return xml_answer("<CopyObjectResult><ETag>&quot;c&quot;</ETag></CopyObjectResult>");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(run(bucket.copy(pear, copied)).etag, "\"c\"");
    const seen_request request = server.requests().at(0);
    EXPECT_EQ(request.header("x-amz-copy-source"), "/fruit/a%20pear");
    EXPECT_EQ(request.target, "/store/pear/2");
    EXPECT_EQ(request.header("content-length"), "0");
}

TEST_P(multipart, a_200_with_an_error_body_on_copy_is_an_error) {
    scripted_server server([](const seen_request&) { return error_answer(200, "AccessDenied"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const s3_error error = error_of(bucket.copy(pear, copied));
    EXPECT_EQ(error.code(), "AccessDenied");
    EXPECT_EQ(error.status(), 200);
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_P(multipart, a_200_with_a_passing_error_on_copy_is_repeated) {
    scripted_server server([](const seen_request& request) {
        if (request.number == 0) return error_answer(200, "InternalError");
        return xml_answer("<CopyObjectResult><ETag>&quot;c&quot;</ETag></CopyObjectResult>");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(run(bucket.copy(pear, copied)).etag, "\"c\"");
}

TEST_P(multipart, an_empty_200_on_copy_is_an_error) {
    scripted_server server([](const seen_request&) { return answer(200); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const std::string text = error_of(bucket.copy(pear, copied)).what();
    EXPECT_NE(text.find("an empty body instead of a CopyObjectResult"), std::string::npos) << text;
}

TEST_P(multipart, put_large_sends_each_part_and_lists_them) {
    scripted_server server([](const seen_request& request) { return play_multipart(request); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    std::string body(25, ' ');
    std::iota(body.begin(), body.end(), 'a');
    EXPECT_EQ(run(bucket.put_large(pear, byte_source::of(body), 10)).etag, "\"all-3\"");
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 5U);
    EXPECT_EQ(requests[1].body + requests[2].body + requests[3].body, body);
    EXPECT_EQ(requests[3].target, "/fruit/a%20pear?partNumber=3&uploadId=u%2F1");
    EXPECT_EQ(requests[4].body,
              "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
              "<Part><PartNumber>1</PartNumber><ETag>\"p1\"</ETag></Part>"
              "<Part><PartNumber>2</PartNumber><ETag>\"p2\"</ETag></Part>"
              "<Part><PartNumber>3</PartNumber><ETag>\"p3\"</ETag></Part></CompleteMultipartUpload>");
}

// The first Complete gets `lost`, which says that it was carried out or nothing at all; the next finds no upload.
reply play_lost_complete(const seen_request& request, const reply& lost, const std::string& found) {
    const bool complete = request.method == "POST" && request.target.find("?uploadId=") != std::string::npos;
    if (request.method == "HEAD" && found.empty()) return {"HTTP/1.1 404 X\r\n\r\n", then::close, {}};
    if (request.method == "HEAD") return {"HTTP/1.1 200 X\r\n" + found + "\r\n", then::keep, {}};
    if (!complete) return play_multipart(request);
    return request.number == 4 ? lost : error_answer(404, "NoSuchUpload");
}

const reply half_an_answer{"HTTP/1.1 200 X\r\nContent-Length: 500\r\n\r\n<?xml", then::close, {}};
const reply no_answer{"", then::reset, {}};
const std::string whole_object = "Content-Length: 25\r\nETag: \"all-3\"\r\n";

TEST_P(multipart, a_lost_answer_to_complete_is_made_up_for_by_a_look_at_the_object) {
    for (const reply& lost : {half_an_answer, no_answer}) {
        scripted_server server(
            [&](const seen_request& request) { return play_lost_complete(request, lost, whole_object); });
        client bucket(quick_settings(server.endpoint()), some_keys(), way());
        const auto body = byte_source::of(std::string(25, 'x'));
        EXPECT_EQ(run(bucket.put_large(pear, body, 10)).etag, "\"all-3\"");
        EXPECT_EQ(server.methods(),
                  (std::vector<std::string>{"POST", "PUT", "PUT", "PUT", "POST", "POST", "HEAD"}));
    }
}

TEST_P(multipart, a_lost_answer_to_complete_and_no_or_another_object_is_an_error) {
    for (const std::string found : {"", "Content-Length: 24\r\nETag: \"all-3\"\r\n"}) {
        scripted_server server(
            [&](const seen_request& request) { return play_lost_complete(request, half_an_answer, found); });
        client bucket(quick_settings(server.endpoint()), some_keys(), way());
        const auto body = byte_source::of(std::string(25, 'x'));
        EXPECT_EQ(error_of(bucket.put_large(pear, body, 10)).code(), "NoSuchUpload");
        EXPECT_EQ(server.methods().at(6), "HEAD");
    }
}

TEST_P(multipart, an_upload_that_is_gone_at_the_first_complete_is_an_error) {
    scripted_server server([&](const seen_request& request) {
        return play_lost_complete(request, error_answer(404, "NoSuchUpload"), whole_object);
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(error_of(bucket.put_large(pear, byte_source::of(std::string(25, 'x')), 10)).code(),
              "NoSuchUpload");
    EXPECT_EQ(server.methods(), (std::vector<std::string>{"POST", "PUT", "PUT", "PUT", "POST", "DELETE"}));
}

TEST_P(multipart, put_large_aborts_when_a_part_fails) {
    scripted_server server([](const seen_request& request) { return play_multipart(request, "2"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(error_of(bucket.put_large(pear, byte_source::of(std::string(25, 'x')), 10)).code(),
              "AccessDenied");
    EXPECT_EQ(server.methods(), (std::vector<std::string>{"POST", "PUT", "PUT", "DELETE"}));
    EXPECT_EQ(server.requests().back().target, "/fruit/a%20pear?uploadId=u%2F1");
}

TEST_P(multipart, copy_large_copies_ranges_of_one_version) {
    scripted_server server([](const seen_request& request) { return play_multipart(request); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(run(bucket.copy_large(pear, copied, 25, 10)).etag, "\"all-3\"");
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 6U);
    EXPECT_EQ(requests[2].header("x-amz-copy-source-range"), "bytes=0-9");
    EXPECT_EQ(requests[4].header("x-amz-copy-source-range"), "bytes=20-24");
    EXPECT_EQ(requests[4].header("x-amz-copy-source-if-match"), "\"src\"");
}

TEST_P(multipart, copy_large_aborts_when_a_part_fails) {
    scripted_server server([](const seen_request& request) { return play_multipart(request, "3"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    EXPECT_EQ(error_of(bucket.copy_large(pear, copied, 25, 10)).code(), "AccessDenied");
    EXPECT_EQ(server.methods(), (std::vector<std::string>{"HEAD", "POST", "PUT", "PUT", "PUT", "DELETE"}));
}

TEST_P(multipart, copy_large_of_another_size_than_listed_begins_nothing) {
    scripted_server server([](const seen_request& request) { return play_multipart(request); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    (void)error_of(bucket.copy_large(pear, copied, 26, 10));
    EXPECT_EQ(server.methods(), std::vector<std::string>{"HEAD"});
}

TEST_P(multipart, a_source_that_throws_aborts_the_upload) {
    scripted_server server([](const seen_request& request) { return play_multipart(request); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const byte_source broken(25, [](std::uint64_t offset, std::span<std::byte> into) -> std::size_t {
        if (offset >= 10) throw std::out_of_range("bad sector");
        return into.size();
    });
    EXPECT_THROW((void)run(bucket.put_large(pear, broken, 10)), std::out_of_range);
    EXPECT_EQ(server.requests().back().method, "DELETE");
}

TEST_P(multipart, an_upload_is_aborted_after_a_stop_too) {
    std::atomic<bool> stop{false};
    scripted_server server([&](const seen_request& request) {
        if (request.method == "PUT") stop = true;
        return play_multipart(request);
    });
    const stop_check check = [&] { return stop.load(); };
    if (GetParam() == "blocking") {
        blocking_transport own(check);
        client bucket(quick_settings(server.endpoint()), some_keys(), own);
        EXPECT_THROW((void)run_here(bucket.put_large(pear, byte_source::of(std::string(90, 'x')), 10)),
                     stopped);
    } else {
        multi_transport own(4, check);
        client bucket(quick_settings(server.endpoint()), some_keys(), own);
        EXPECT_THROW((void)run_on(own, bucket.put_large(pear, byte_source::of(std::string(90, 'x')), 10)),
                     stopped);
    }
    EXPECT_EQ(server.requests().back().method, "DELETE");
    EXPECT_LE(server.requests().size(), 4U);
}

TEST_P(multipart, put_sends_its_bytes_and_type) {
    scripted_server server([](const seen_request&) { return answer(200, "", "ETag: \"e\"\r\n"); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const std::string text = "apple,1";
    EXPECT_EQ(run(bucket.put(pear, byte_source::view(std::as_bytes(std::span(text))), "text/csv")).etag,
              "\"e\"");
    (void)run(bucket.put(pear, {}));
    EXPECT_EQ(server.requests().at(0).body, text);
    EXPECT_EQ(server.requests().at(0).header("content-type"), "text/csv");
    EXPECT_EQ(server.requests().at(1).header("content-length"), "0");
}

TEST_P(multipart, an_object_without_a_key_is_refused_before_anything_is_sent) {
    scripted_server server([](const seen_request& request) { return play_multipart(request); });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    const object_name none{"fruit", ""};
    const auto body = byte_source::of("x");
    EXPECT_STREQ(error_of(bucket.put(none, body)).what(),
                 "PUT s3://fruit: no answer: not sent: the key of the object is empty");
    const auto refused = [this](auto work) {
        return std::string(error_of(std::move(work)).what()).find(" s3://fruit: no answer: not sent") !=
               std::string::npos;
    };
    EXPECT_TRUE(refused(bucket.head(none)));
    EXPECT_TRUE(refused(bucket.get(none, {})));
    EXPECT_THROW(run(bucket.remove(none)), s3_error);
    EXPECT_TRUE(refused(bucket.copy(none, copied)));
    EXPECT_TRUE(refused(bucket.copy(copied, none)));
    EXPECT_TRUE(refused(bucket.copy_large(none, copied, 25)));
    EXPECT_TRUE(refused(bucket.put_large(none, body, 10)));
    EXPECT_TRUE(refused(bucket.upload_part_copy(none, copied, "u1", 1, {0, 9})));
    EXPECT_TRUE(refused(bucket.complete_multipart(none, "u1", {{1, "e"}})));
    EXPECT_EQ(server.requests().size(), 0U);
}

TEST_P(multipart, a_bucket_that_is_ours_already_is_no_error) {
    scripted_server server([](const seen_request& request) {
        return request.number == 0 ? error_answer(409, "BucketAlreadyOwnedByYou")
                                   : error_answer(409, "BucketAlreadyExists");
    });
    client bucket(quick_settings(server.endpoint()), some_keys(), way());
    run(bucket.create_bucket("fruit"));
    EXPECT_EQ(error_of(bucket.create_bucket("fruit")).code(), "BucketAlreadyExists");
}

}  // namespace
}  // namespace s3::test

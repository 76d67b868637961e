// SPDX-License-Identifier: MIT
// Where credentials come from, AssumeRole, and one renewal for any number of threads.
#include "client/credential_source.hpp"
#include "client/profile_file.hpp"

#include "both_transports.hpp"

#include <cstdio>
#include <fstream>
#include <latch>
#include <map>
#include <sstream>

namespace s3::test {
namespace {

using namespace std::chrono_literals;

environment variables(std::map<std::string, std::string> set) {
    return [set = std::move(set)](const std::string& name) -> std::optional<std::string> {
        const auto found = set.find(name);
        return found == set.end() ? std::nullopt : std::optional(found->second);
    };
}

// A file that is there as long as the object.
class temporary_file {
public:
    explicit temporary_file(const std::string& text)
        : path_(::testing::TempDir() + "penstock-s3-" + std::to_string(::getpid())) {
        std::ofstream(path_) << text;
    }
    ~temporary_file() { std::remove(path_.c_str()); }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

const std::string two_profiles =
    "# keys\n[default]\naws_access_key_id = D1\naws_secret_access_key=D2\r\n\n[profile other]\n"
    "aws_access_key_id=O1\naws_secret_access_key = O2=/+\naws_session_token = O3\n[empty]\n";

TEST(profile_file, holds_several) {
    std::istringstream file(two_profiles);
    EXPECT_EQ(profile_in(file, "default"), (credentials{"D1", "D2", ""}));
    std::istringstream again(two_profiles);
    EXPECT_EQ(profile_in(again, "other"), (credentials{"O1", "O2=/+", "O3"}));
    std::istringstream third(two_profiles);
    EXPECT_EQ(profile_in(third, "empty"), std::nullopt);
}

TEST(profile_file, may_have_comments_behind_names) {
    const std::string keys = "\naws_access_key_id=K1\naws_secret_access_key=K2\n";
    for (const std::string head : {"[x] # mine", "[x];mine", "[ profile x ]\t# [y]", "[x]"}) {
        std::istringstream file(head + keys);
        EXPECT_EQ(profile_in(file, "x"), (credentials{"K1", "K2", ""})) << head;
    }
    std::istringstream broken("[x] mine" + keys);
    EXPECT_EQ(profile_in(broken, "x"), std::nullopt);
}

TEST(find_credentials, prefers_the_environment) {
    const temporary_file file(two_profiles);
    const auto set = variables({{"AWS_ACCESS_KEY_ID", "E1"},
                                {"AWS_SECRET_ACCESS_KEY", "E2"},
                                {"AWS_SESSION_TOKEN", "E3"},
                                {"AWS_SHARED_CREDENTIALS_FILE", file.path()}});
    EXPECT_EQ(find_credentials(set), (credentials{"E1", "E2", "E3"}));
}

TEST(find_credentials, takes_the_profile_that_was_named) {
    const temporary_file file(two_profiles);
    EXPECT_EQ(find_credentials(variables({{"AWS_SHARED_CREDENTIALS_FILE", file.path()}})).access_key_id,
              "D1");
    const auto named = variables({{"AWS_SHARED_CREDENTIALS_FILE", file.path()},
                                  {"AWS_PROFILE", "other"},
                                  {"AWS_ACCESS_KEY_ID", "E1"},
                                  {"AWS_SECRET_ACCESS_KEY", "E2"}});
    EXPECT_EQ(find_credentials(named).access_key_id, "O1");
}

std::string refusal_of(const environment& set) {
    try {
        (void)find_credentials(set);
    } catch (const credential_error& error) {
        return error.what();
    }
    return "none";
}

TEST(find_credentials, says_what_it_looked_for) {
    EXPECT_EQ(refusal_of(variables({{"HOME", "/nowhere"}})),
              "no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and there is no "
              "readable file "
              "/nowhere/.aws/credentials with the profile 'default'");
    const temporary_file file(two_profiles);
    const std::string text =
        refusal_of(variables({{"AWS_SHARED_CREDENTIALS_FILE", file.path()}, {"AWS_PROFILE", "x"}}));
    EXPECT_EQ(text, "no credentials: the file " + file.path() + " has no keys for the profile 'x'");
    const std::map<std::string, std::string> named{{"HOME", "/nowhere"},
                                                   {"AWS_PROFILE", "x"},
                                                   {"AWS_ACCESS_KEY_ID", "E1"},
                                                   {"AWS_SECRET_ACCESS_KEY", "E2"}};
    EXPECT_EQ(refusal_of(variables(named)),
              "no credentials: there is no readable file /nowhere/.aws/credentials with the profile 'x'");
    EXPECT_EQ(refusal_of(variables({{"AWS_ACCESS_KEY_ID", "E1"}})),
              "the environment has AWS_ACCESS_KEY_ID but not AWS_SECRET_ACCESS_KEY");
}

TEST(find_credentials, leaves_out_blanks_and_line_ends_around_keys) {
    const auto set = variables({{"AWS_ACCESS_KEY_ID", " E1\t"},
                                {"AWS_SECRET_ACCESS_KEY", "E2\r\n"},
                                {"AWS_SESSION_TOKEN", "\nE3\n"}});
    EXPECT_EQ(find_credentials(set), (credentials{"E1", "E2", "E3"}));
    EXPECT_EQ(refusal_of(variables({{"AWS_ACCESS_KEY_ID", "E1"}, {"AWS_SECRET_ACCESS_KEY", "\n"}})),
              "the environment has AWS_ACCESS_KEY_ID but not AWS_SECRET_ACCESS_KEY");
}

TEST(find_credentials, refuses_control_characters_inside_keys_without_showing_them) {
    for (const std::string name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}) {
        std::map<std::string, std::string> set{
            {"AWS_ACCESS_KEY_ID", "E1"}, {"AWS_SECRET_ACCESS_KEY", "E2"}, {"AWS_SESSION_TOKEN", "E3"}};
        set[name] = "to\r\nken";
        EXPECT_EQ(refusal_of(variables(set)),
                  "the variable " + name + " holds a line end or another control character");
    }
    const temporary_file file(
        "[default]\naws_access_key_id=D1\naws_secret_access_key=D2\n"
        "aws_session_token = to\rken\r\n");
    EXPECT_EQ(refusal_of(variables({{"AWS_SHARED_CREDENTIALS_FILE", file.path()}})),
              "the aws_session_token of the profile 'default' holds a control character");
}

// A source whose n-th fetch gives the key "Kn".
credential_source::fetch numbered(std::chrono::system_clock::duration life) {
    return [life, count = 0]() mutable {
        return assumed_role{{"K" + std::to_string(++count), "s", "t"},
                            std::chrono::system_clock::now() + life};
    };
}

TEST(credential_source, asks_once_until_shortly_before_the_end) {
    credential_source source(numbered(1h));
    for (int round = 0; round < 5; ++round) EXPECT_EQ(source.current().access_key_id, "K1");
    credential_source ended(numbered(-1s));
    EXPECT_EQ(ended.current().access_key_id, "K1");
    EXPECT_EQ(ended.current().access_key_id, "K2");
}

TEST(credential_source, renews_once_for_any_number_of_threads) {
    constexpr int count = 16;
    credential_source source(numbered(1h));
    const credentials first = source.current();
    std::latch together(count);
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int number = 0; number < count; ++number) {
        threads.emplace_back([&] {
            together.arrive_and_wait();
            if (source.refreshed(first).access_key_id == "K2") ++good;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, count);
    EXPECT_EQ(source.fetches(), 2);
    EXPECT_EQ(source.current().access_key_id, "K2");
}

TEST(credential_source, that_gives_the_same_again_says_so_once) {
    credential_source source([] { return assumed_role{{"K", "s", "t"}}; });
    const credentials held = source.current();
    for (int round = 0; round < 4; ++round) EXPECT_THROW((void)source.refreshed(held), credential_error);
    EXPECT_EQ(source.fetches(), 2);
}

const std::string role_answer =
    "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>"
    "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>made</SecretAccessKey><SessionToken>tok+en</"
    "SessionToken>"
    "<Expiration>2030-01-02T03:04:05Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

class sts : public both_transports {};
INSTANTIATE_TEST_SUITE_P(over, sts, ::testing::Values("blocking", "multi"), transport_name);

TEST_P(sts, assumes_a_role) {
    scripted_server server([](const seen_request& request) {
        return request.number == 0 ? answer(503) : answer(200, role_answer);
    });
    const client_settings settings = quick_settings(server.endpoint());
    const assumed_role role =
        run(assume_role(settings, some_keys(), "arn:aws:iam::1:role/r", "me", 900s, way()));
    EXPECT_EQ(role.keys, (credentials{"ASIA", "made", "tok+en"}));
    EXPECT_EQ(role.expires, std::chrono::system_clock::time_point(1893553445s));
    const seen_request request = server.requests().at(1);
    EXPECT_EQ(request.target, "/");
    EXPECT_EQ(
        request.body,
        "Action=AssumeRole&DurationSeconds=900&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=me&"
        "Version=2011-06-15");
    EXPECT_NE(request.header("authorization").find("/us-east-1/sts/aws4_request"), std::string::npos);
}

TEST_P(sts, refusal_has_its_code) {
    scripted_server server([](const seen_request&) {
        return answer(
            403,
            "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not you</Message>"
            "</Error><RequestId>R7</RequestId></ErrorResponse>");
    });
    const client_settings settings = quick_settings(server.endpoint());
    const s3_error error = error_of(assume_role(settings, some_keys(), "arn:r", "me", 900s, way()));
    EXPECT_STREQ(error.what(), "assume role arn:r: 403 AccessDenied (request R7): not you");
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_P(sts, an_answer_without_keys_is_not_shown) {
    scripted_server server([](const seen_request&) { return answer(200, "{\"secret\":\"do not show\"}"); });
    const client_settings settings = quick_settings(server.endpoint());
    const std::string text = error_of(assume_role(settings, some_keys(), "arn:r", "me", 900s, way())).what();
    EXPECT_EQ(text.find("do not show"), std::string::npos) << text;
}

TEST(credential_source, asks_sts_for_a_role) {
    scripted_server server([](const seen_request&) { return answer(200, role_answer); });
    ::unsetenv("AWS_PROFILE");
    ::setenv("AWS_ACCESS_KEY_ID", "BASE", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
    credential_source source(quick_settings(server.endpoint()),
                             {.arn = "arn:r", .session_name = "me", .duration = 900s});
    EXPECT_EQ(source.current().access_key_id, "ASIA");
    EXPECT_EQ(source.current().access_key_id, "ASIA");
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_NE(server.requests().at(0).header("authorization").find("Credential=BASE/"), std::string::npos);
    ::unsetenv("AWS_ACCESS_KEY_ID");
    ::unsetenv("AWS_SECRET_ACCESS_KEY");
}

TEST(settings, come_from_the_environment) {
    ::unsetenv("AWS_ENDPOINT_URL_S3");
    ::setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1", 1);
    ::setenv("AWS_REGION", "eu-west-3", 1);
    EXPECT_EQ(settings_from_environment().endpoint, "http://127.0.0.1:1");
    EXPECT_EQ(settings_from_environment().region, "eu-west-3");
    ::setenv("AWS_REGION", "eu-west-3\n", 1);
    EXPECT_EQ(settings_from_environment().region, "eu-west-3");
    ::setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:2", 1);
    EXPECT_EQ(settings_from_environment().endpoint, "http://127.0.0.1:2");
    for (const auto* name : {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION"}) ::unsetenv(name);
}

}  // namespace
}  // namespace s3::test

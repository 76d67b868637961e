// SPDX-License-Identifier: MIT
// The other file of profiles: regions, and roles that are not taken on.
#include "client/client_settings.hpp"
#include "client/credential_source.hpp"
#include "client/errors.hpp"
#include "client/profile_config.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <map>

namespace s3::test {
namespace {

class profile_config_test : public testing::Test {
protected:
    profile_config_test() {
        std::ofstream(path_) << "[default]\nregion = eu-north-1\n\n[profile night]\nregion=eu-west-3\r\n"
                                "role_arn = arn:aws:iam::1:role/night\nsource_profile = base\n"
                                "[profile box]\nrole_arn = arn:box\ncredential_source = Environment\n";
    }
    ~profile_config_test() override { std::remove(path_.c_str()); }

    // With this file, and no file of keys.
    environment variables(std::map<std::string, std::string> more = {}) const {
        more.insert({{"AWS_CONFIG_FILE", path_}, {"AWS_SHARED_CREDENTIALS_FILE", path_ + ".none"}});
        return [set = std::move(more)](const std::string& name) -> std::optional<std::string> {
            const auto found = set.find(name);
            return found == set.end() ? std::nullopt : std::optional(found->second);
        };
    }

    std::string path_ = testing::TempDir() + "penstock-s3-config-" + std::to_string(::getpid());
};

TEST_F(profile_config_test, the_region_of_the_profile_where_no_variable_says_another) {
    EXPECT_EQ(settings_from_environment(variables()).region, "eu-north-1");
    EXPECT_EQ(settings_from_environment(variables({{"AWS_PROFILE", "night"}})).region, "eu-west-3");
    EXPECT_EQ(settings_from_environment(variables({{"AWS_REGION", "us-west-2"}})).region, "us-west-2");
    EXPECT_EQ(settings_from_environment(variables({{"AWS_DEFAULT_REGION", "us-west-1"}})).region, "us-west-1");
    for (const char* without : {"box", "not there"})
        EXPECT_EQ(settings_from_environment(variables({{"AWS_PROFILE", without}})).region, "us-east-1");
    EXPECT_EQ(settings_from_environment(variables({{"AWS_CONFIG_FILE", "/nowhere/config"}})).region, "us-east-1");
}

TEST_F(profile_config_test, a_role_is_told_instead_of_taken_on) {
    EXPECT_EQ(role_advice(variables()), "");
    EXPECT_EQ(role_advice(variables({{"AWS_PROFILE", "night"}})),
              "the profile 'night' has a role in " + path_ +
                  ", which is not taken on by itself: give --profile base --role arn:aws:iam::1:role/night");
    const environment box = variables({{"AWS_PROFILE", "box"}});
    EXPECT_TRUE(role_advice(box).ends_with(": give --role arn:box")) << role_advice(box);
    try {
        (void)find_credentials(box);
        ADD_FAILURE() << "there are no keys";
    } catch (const credential_error& error) {
        EXPECT_EQ(error.what(), "no credentials: " + role_advice(box));
    }
}

}  // namespace
}  // namespace s3::test

// SPDX-License-Identifier: MIT
#include "client/credential_source.hpp"

#include "client/blocking_transport.hpp"
#include "client/encode.hpp"
#include "client/errors.hpp"
#include "client/profile_config.hpp"
#include "client/profile_file.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

namespace s3 {
namespace {

using clock = std::chrono::system_clock;

// A failed renewal is told to everybody who was refused with the same credentials, rather than tried once for each.
constexpr std::chrono::seconds failure_holds{10};

// Values read from files and commands often end with their line. Messages name the variable, never the value.
std::optional<std::string> key_variable(const environment& variables, const std::string& name) {
    const auto value = variables(name);
    const std::string_view text = value ? without_blanks(*value) : std::string_view();
    if (text.empty()) return std::nullopt;
    if (has_control_characters(text)) {
        throw credential_error("the variable " + name + " holds a line end or another control character");
    }
    return std::string(text);
}

std::optional<credentials> keys_of_environment(const environment& variables) {
    const auto id = key_variable(variables, "AWS_ACCESS_KEY_ID");
    const auto secret = key_variable(variables, "AWS_SECRET_ACCESS_KEY");
    if (!id && !secret) return std::nullopt;
    if (!id || !secret) {
        throw credential_error(std::string("the environment has ") +
                               (id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY") + " but not " +
                               (id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID"));
    }
    return credentials{*id, *secret, key_variable(variables, "AWS_SESSION_TOKEN").value_or("")};
}

std::string profile_path(const environment& variables) {
    if (const auto path = variables("AWS_SHARED_CREDENTIALS_FILE")) return *path;
    return variables("HOME").value_or("") + "/.aws/credentials";
}

credentials keys_of_profile(const environment& variables) {
    const std::string path = profile_path(variables);
    const std::string name = profile_name(variables);
    std::ifstream file(path);
    const auto keys = file ? profile_in(file, name) : std::nullopt;
    if (keys) return *keys;
    const std::string advice = role_advice(variables);
    if (!advice.empty()) throw credential_error("no credentials: " + advice);
    // With a profile that was named the variables were not looked at.
    const std::string unset =
        variables("AWS_PROFILE") ? "" : "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and ";
    throw credential_error("no credentials: " + unset +
                           (file.is_open()
                                ? "the file " + path + " has no keys for the profile '" + name + "'"
                                : "there is no readable file " + path + " with the profile '" + name + "'"));
}

// Two minutes before the end, but never most of a short life.
clock::time_point renewal_of(const assumed_role& held) {
    if (held.expires == clock::time_point::max()) return held.expires;
    const auto life = held.expires - clock::now();
    return held.expires - std::min<clock::duration>(std::chrono::minutes(2), life / 4);
}

assumed_role ask_for_role(const client_settings& settings, const role_request& role) {
    blocking_transport way;
    return run_here(
        assume_role(settings, find_credentials(), role.arn, role.session_name, role.duration, way));
}

}  // namespace

credentials find_credentials() { return find_credentials(process_environment()); }

// A profile that was named counts more than keys that happen to be set.
credentials find_credentials(const environment& variables) {
    if (!variables("AWS_PROFILE")) {
        if (const auto keys = keys_of_environment(variables)) return *keys;
    }
    return keys_of_profile(variables);
}

credential_source::credential_source(client_settings settings, role_request role)
    : ask_([settings = std::move(settings), role = std::move(role)] {
          return role.arn.empty() ? assumed_role{find_credentials()} : ask_for_role(settings, role);
      }) {}

credential_source::credential_source(fetch ask) : ask_(std::move(ask)) {}

credentials credential_source::current() {
    const std::lock_guard lock(mutex_);
    if (!held_ || clock::now() >= renew_at_) fetch_again();
    return held_->keys;
}

credentials credential_source::refreshed(const credentials& refused) {
    const std::lock_guard lock(mutex_);
    if (held_ && held_->keys != refused) return held_->keys;
    if (failure_ && failed_for_ == refused && clock::now() < failed_at_ + failure_holds)
        std::rethrow_exception(failure_);
    try {
        fetch_again();
        if (held_->keys == refused) {
            throw credential_error(
                "the credentials have expired, and asking for them again gave the same ones: renew them");
        }
    } catch (...) {
        failure_ = std::current_exception();
        failed_for_ = refused;
        failed_at_ = clock::now();
        throw;
    }
    return held_->keys;
}

int credential_source::fetches() const {
    const std::lock_guard lock(mutex_);
    return fetches_;
}

void credential_source::fetch_again() {
    ++fetches_;
    held_ = ask_();
    renew_at_ = renewal_of(*held_);
}

}  // namespace s3

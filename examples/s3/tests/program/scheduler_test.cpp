// SPDX-License-Identifier: MIT
// Windows, expired tokens and the ends of a run, with verbs that only pretend.
#include "program/scheduler.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <stdexcept>

namespace s3_program::test {
namespace {

class numbers final : public job_source {
public:
    explicit numbers(int count) : left_(count) {}
    std::optional<job> next() override {
        if (left_ == 0) return std::nullopt;
        job one;
        one.key = "key " + std::to_string(--left_);
        return one;
    }

private:
    int left_;
};

// Does a job when it is waited for; `verb` says how it ends.
class pretender final : public executor {
public:
    using verb = std::function<report(const job&, const s3::credentials&)>;
    pretender(std::size_t window, verb act) : window_(window), act_(std::move(act)) {}

    bool wants_more() const override { return jobs_.size() < window_; }
    void start(job what) override {
        jobs_.push_back({std::move(what), keys_});
        most = std::max(most, jobs_.size());
    }
    void flush() override { ++flushes; }
    std::vector<finished_job> wait(std::chrono::milliseconds) override {
        std::vector<finished_job> ended;
        if (abandoned) return ended;
        for (auto& [what, keys] : jobs_) ended.push_back({what, act_(what, keys)});
        jobs_.clear();
        return ended;
    }
    void use(const s3::credentials& keys) override { keys_ = keys; }
    void abandon() override { abandoned = true; }

    std::size_t most = 0;
    int flushes = 0;
    bool abandoned = false;

private:
    std::size_t window_;
    verb act_;
    s3::credentials keys_{"first", "", ""};
    std::vector<std::pair<job, s3::credentials>> jobs_;
};

report ended(outcome how, const std::string& error = "") {
    report one;
    one.how = how;
    one.error = error;
    return one;
}

struct observed {
    std::map<std::string, int> rows;
    std::map<outcome, int> outcomes;
    int renewals = 0;

    schedule_hooks hooks() {
        schedule_hooks all;
        all.renew = [this] {
            ++renewals;
            return s3::credentials{"key " + std::to_string(renewals), "", ""};
        };
        all.on_row = [this](const finished_job& row) {
            ++rows[row.what.key];
            ++outcomes[row.how.how];
        };
        all.interrupted = [] { return false; };
        all.on_turn = [] {};
        return all;
    }
};

TEST(scheduler, every_job_once_within_the_window) {
    numbers jobs(1000);
    pretender where(7, [](const job&, const s3::credentials&) { return ended(outcome::done); });
    observed seen;
    const schedule_result result = scheduler(jobs, where, seen.hooks()).run();
    EXPECT_EQ(seen.rows.size(), 1000U);
    EXPECT_EQ(seen.outcomes[outcome::done], 1000);
    EXPECT_EQ(where.most, 7U);
    EXPECT_GT(where.flushes, 0);
    EXPECT_FALSE(where.abandoned);
    EXPECT_EQ(result.stopped_by, "");
}

TEST(scheduler, an_expired_token_is_renewed_once_for_all_that_were_refused) {
    numbers jobs(100);
    int done = 0;
    pretender where(10, [&](const job&, const s3::credentials& keys) {
        if (keys.access_key_id == "first" && ++done > 25) return ended(outcome::expired);
        return ended(outcome::done);
    });
    observed seen;
    const schedule_result result = scheduler(jobs, where, seen.hooks()).run();
    EXPECT_EQ(seen.renewals, 1);
    EXPECT_EQ(result.renewals, 1U);
    EXPECT_EQ(seen.rows.size(), 100U);
    EXPECT_EQ(seen.outcomes[outcome::done], 100);
}

TEST(scheduler, a_job_that_is_always_refused_fails_and_the_others_go_on) {
    numbers jobs(20);
    pretender where(4, [](const job& what, const s3::credentials&) {
        return ended(what.key == "key 9" ? outcome::expired : outcome::done, "the token has expired");
    });
    observed seen;
    (void)scheduler(jobs, where, seen.hooks()).run();
    EXPECT_EQ(seen.outcomes[outcome::done], 19);
    EXPECT_EQ(seen.outcomes[outcome::failed], 1);
    EXPECT_EQ(seen.rows["key 9"], 1);
    EXPECT_LE(seen.renewals, 3);
}

TEST(scheduler, credentials_that_cannot_be_renewed_end_the_run) {
    numbers jobs(1000);
    pretender where(10,
                    [](const job&, const s3::credentials&) { return ended(outcome::expired, "expired"); });
    observed seen;
    schedule_hooks hooks = seen.hooks();
    hooks.renew = [&]() -> s3::credentials {
        ++seen.renewals;
        throw std::runtime_error("no newer credentials");
    };
    const schedule_result result = scheduler(jobs, where, hooks).run();
    EXPECT_EQ(result.stopped_by, "no newer credentials");
    EXPECT_EQ(seen.renewals, 1);
    EXPECT_TRUE(where.abandoned);
    EXPECT_LE(seen.outcomes[outcome::failed], 10);
}

TEST(scheduler, refused_credentials_end_the_run_at_once) {
    numbers jobs(1000);
    pretender where(10, [](const job&, const s3::credentials&) {
        report one = ended(outcome::failed, "403 SignatureDoesNotMatch");
        one.hopeless = true;
        return one;
    });
    observed seen;
    const schedule_result result = scheduler(jobs, where, seen.hooks()).run();
    EXPECT_EQ(result.stopped_by, "403 SignatureDoesNotMatch");
    EXPECT_EQ(seen.outcomes[outcome::failed], 10);
    EXPECT_TRUE(where.abandoned);
}

TEST(scheduler, ctrl_c_leaves_a_row_for_all_that_was_begun) {
    numbers jobs(1000);
    int calls = 0;
    pretender where(10, [&](const job&, const s3::credentials&) {
        return ended(++calls > 15 ? outcome::interrupted : outcome::done);
    });
    observed seen;
    schedule_hooks hooks = seen.hooks();
    hooks.interrupted = [&] { return calls > 15; };
    const schedule_result result = scheduler(jobs, where, hooks).run();
    EXPECT_TRUE(result.interrupted);
    EXPECT_TRUE(where.abandoned);
    EXPECT_EQ(seen.rows.size(), 20U);
    EXPECT_EQ(seen.outcomes[outcome::done], 15);
    EXPECT_EQ(seen.outcomes[outcome::interrupted], 5);
}

TEST(scheduler, a_source_that_throws_ends_the_run) {
    class broken final : public job_source {
    public:
        std::optional<job> next() override {
            if (++calls_ > 3) throw std::runtime_error("the listing broke");
            return job{};
        }

    private:
        int calls_ = 0;
    } jobs;
    pretender where(2, [](const job&, const s3::credentials&) { return ended(outcome::done); });
    observed seen;
    EXPECT_EQ(scheduler(jobs, where, seen.hooks()).run().stopped_by, "the listing broke");
    EXPECT_EQ(seen.outcomes[outcome::done], 2);
    EXPECT_EQ(seen.outcomes[outcome::interrupted], 1) << "the job that was begun when the listing broke";
}

report unanswered() {
    report one = ended(outcome::failed, "no answer");
    one.no_answer = true;
    return one;
}

TEST(scheduler, a_server_that_is_gone_ends_the_run) {
    numbers jobs(1000);
    pretender where(3, [](const job&, const s3::credentials&) { return unanswered(); });
    observed seen;
    const schedule_result result = scheduler(jobs, where, seen.hooks()).run();
    EXPECT_NE(result.stopped_by.find("20 objects in a row"), std::string::npos) << result.stopped_by;
    EXPECT_TRUE(where.abandoned);
    EXPECT_EQ(seen.rows.size(), 21U);
}

TEST(scheduler, a_server_that_answers_now_and_then_does_not) {
    numbers jobs(100);
    int calls = 0;
    pretender where(3, [&](const job&, const s3::credentials&) {
        report busy = ended(outcome::failed, "503 SlowDown");
        busy.status = 503;
        return ++calls % 20 == 0 ? busy : unanswered();
    });
    observed seen;
    EXPECT_EQ(scheduler(jobs, where, seen.hooks()).run().stopped_by, "");
    EXPECT_EQ(seen.rows.size(), 100U);
}

TEST(scheduler, what_fails_here_does_not_speak_for_the_server) {
    numbers jobs(1000);
    int calls = 0;
    pretender where(3, [&](const job&, const s3::credentials&) {
        return ++calls % 2 == 0 ? ended(outcome::failed, "cannot read a file") : unanswered();
    });
    observed seen;
    EXPECT_NE(scheduler(jobs, where, seen.hooks()).run().stopped_by, "");
    EXPECT_LE(seen.rows.size(), 45U);
}

TEST(scheduler, rows_that_cannot_be_kept_end_the_run) {
    numbers jobs(1000);
    pretender where(10, [](const job&, const s3::credentials&) { return ended(outcome::done); });
    observed seen;
    schedule_hooks hooks = seen.hooks();
    hooks.on_row = [](const finished_job&) { throw std::runtime_error("the disk is full"); };
    EXPECT_EQ(scheduler(jobs, where, hooks).run().stopped_by, "the disk is full");
    EXPECT_TRUE(where.abandoned);
}

}  // namespace
}  // namespace s3_program::test

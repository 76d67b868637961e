// SPDX-License-Identifier: MIT
// The deployed program under the local Lambda: what becomes of its pool, its workers and its errors.
#include "local/function.hpp"
#include "local/environment.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <thread>

namespace {

using lambda_local::function_settings;
using nlohmann::json;

constexpr std::chrono::minutes a_minute{1};
constexpr const char* endless = R"({"loops":1,"steps":9000000000000000000})";

function_settings settings_for(const std::string& handler, std::chrono::milliseconds timeout = a_minute) {
    function_settings settings;
    settings.directory = LAMBDA_FUNCTION_DIRECTORY;
    settings.handler = handler;
    settings.timeout = timeout;
    settings.init_timeout = a_minute;
    settings.variables = {{"PENSTOCK_LAMBDA_WORKERS", "2"}};
    return settings;
}

std::set<pid_t> workers_in(const lambda_local::invocation_result& result) {
    return json::parse(result.payload).at("workers").get<std::set<pid_t>>();
}

// Until it is so; the machine may be slow, but not for ever.
template <class Condition>
bool comes_true(Condition condition) {
    for (const auto end = std::chrono::steady_clock::now() + a_minute; !condition();) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

// What /proc says of a process after its name: "S 1 ..."; empty when it is gone.
std::string fields_of(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto end_of_name = text.rfind(") ");
    return end_of_name == text.npos ? "" : text.substr(end_of_name + 2);
}

char state_of(pid_t process) {
    const std::string fields = fields_of(process);
    return fields.empty() ? '?' : fields.front();
}

// Of its own CPU time, in ticks of the clock.
unsigned long used_by(pid_t process) {
    std::istringstream fields(fields_of(process));
    std::string passed_over;
    for (int field = 3; field != 14; ++field) fields >> passed_over;
    unsigned long ticks = 0;
    fields >> ticks;
    return ticks;
}

bool is_there(pid_t process) { return ::kill(process, 0) == 0 || errno != ESRCH; }

// A directory whose bootstrap is a shell script that asks for one event and then does as it is told.
class scripted_bootstrap {
public:
    explicit scripted_bootstrap(const std::string& then) {
        path_ = (std::filesystem::temp_directory_path() / "penstock-lambda-XXXXXX").string();
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp " + path_);
        std::ofstream(path_ + "/bootstrap")
            << "#!/usr/bin/env bash\n"
               "exec 3<>\"/dev/tcp/${AWS_LAMBDA_RUNTIME_API/://}\"\n"
               "printf 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\n"
               "Host: x\\r\\n\\r\\n' >&3\n"
            << then << '\n';
        ::chmod((path_ + "/bootstrap").c_str(), 0755);
        settings.directory = path_;
    }
    ~scripted_bootstrap() { std::filesystem::remove_all(path_); }
    scripted_bootstrap(const scripted_bootstrap&) = delete;
    scripted_bootstrap& operator=(const scripted_bootstrap&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    function_settings settings = settings_for("none");

private:
    std::string path_;
};

TEST(Function, AnswersAnEvent) {
    lambda_local::function function(settings_for("echo"));
    const auto first = function.invoke(R"({"x":[1,"two"]})");
    EXPECT_FALSE(first.failed()) << first.payload;
    EXPECT_TRUE(first.cold);
    EXPECT_EQ(json::parse(first.payload), json::parse(R"([{"x":[1,"two"]}])"));
    const auto second = function.invoke("7");
    EXPECT_EQ(second.payload, "[7]");
    EXPECT_FALSE(second.cold);
    EXPECT_EQ(function.counters().cold_starts, 1U);
}

TEST(Function, TellsWhatAHandlerThrowsAndGoesOn) {
    lambda_local::function function(settings_for("cpu"));
    const auto wrong = function.invoke(R"({"loops":0})");
    EXPECT_EQ(wrong.error_type, "Function.Exception");
    const json told = json::parse(wrong.payload);
    EXPECT_EQ(told.at("errorType"), "std::invalid_argument");
    EXPECT_NE(told.at("errorMessage").get<std::string>().find("\"loops\""), std::string::npos);
    EXPECT_TRUE(told.at("stackTrace").is_array());
    EXPECT_EQ(function.invoke("{ no json").error_type, "Runtime.UnmarshalError");
    const auto good = function.invoke(R"({"loops":3,"steps":1000})");
    EXPECT_FALSE(good.failed()) << good.payload;
    EXPECT_EQ(good.environment, 1U);
}

TEST(Function, LivesThroughAnEventThatIsNestedTooDeep) {
    lambda_local::function function(settings_for("echo"));
    const auto nested = [](std::size_t levels) {
        return std::string(levels, '[') + std::string(levels, ']');
    };
    const auto deep = function.invoke(nested(200'000));
    EXPECT_EQ(deep.error_type, "Runtime.UnmarshalError");
    EXPECT_NE(deep.payload.find("500 levels"), std::string::npos) << deep.payload;
    const auto less = function.invoke(nested(400));
    EXPECT_EQ(less.payload, "[" + nested(400) + "]");
    EXPECT_EQ(less.environment, 1U);
}

TEST(Function, CallsAWrongUrlInAnEventAnInvalidArgument) {
    function_settings settings = settings_for("s3copy");
    settings.variables["AWS_ACCESS_KEY_ID"] = settings.variables["AWS_SECRET_ACCESS_KEY"] = "none";
    lambda_local::function function(settings);
    const json message{{"from", "no url"}, {"to", "s3://b/k"}};
    const json record{{"Sns", {{"Message", message.dump()}}}};
    const auto wrong = function.invoke(json{{"Records", json::array({record})}}.dump());
    EXPECT_EQ(json::parse(wrong.payload).at("errorType"), "std::invalid_argument") << wrong.payload;
    EXPECT_NE(wrong.payload.find("\\\"from\\\""), std::string::npos) << wrong.payload;
}

TEST(Function, TellsTheBeginningOfALongError) {
    lambda_local::function function(settings_for("cpu"));
    const auto wrong = function.invoke(json{{"mode", std::string(7U << 20U, '\x01')}}.dump());
    EXPECT_EQ(wrong.error_type, "Function.Exception");
    EXPECT_LT(wrong.payload.size(), 6U << 20U);
    EXPECT_NE(wrong.payload.find("bytes more)"), std::string::npos);
    EXPECT_EQ(function.invoke(R"({"loops":1,"steps":1})").environment, 1U);
}

TEST(Function, ComputesTheSameInEveryMode) {
    lambda_local::function function(settings_for("cpu"));
    std::set<std::uint64_t> results;
    for (const std::string mode : {"sequential", "process", "fresh"}) {
        const auto answer = function.invoke(json{{"mode", mode}, {"loops", 4}, {"steps", 1000}}.dump());
        ASSERT_FALSE(answer.failed()) << answer.payload;
        const json told = json::parse(answer.payload);
        results.insert(told.at("result").get<std::uint64_t>());
        EXPECT_EQ(told.at("memory_mb"), 1769);
        EXPECT_GE(told.at("cpus").get<unsigned>(), 1U);
    }
    EXPECT_EQ(results.size(), 1U);
}

TEST(Function, KeepsItsWorkersThroughThreeFreezes) {
    lambda_local::environment one(settings_for("cpu"), 1);
    std::set<pid_t> workers;
    for (int i = 0; i != 3; ++i) {
        const auto answer = one.invoke(R"({"loops":4,"steps":100000})");
        ASSERT_FALSE(answer.failed()) << answer.payload;
        const std::set<pid_t> now = workers_in(answer);
        EXPECT_EQ(now.size(), 2U);
        if (i == 0) workers = now;
        EXPECT_EQ(now, workers) << "invocation " << i;
        EXPECT_TRUE(comes_true([&] { return state_of(one.processes().id()) == 'T'; }));
        for (const pid_t worker : workers)
            EXPECT_TRUE(comes_true([&] { return state_of(worker) == 'T'; })) << worker;
    }
}

TEST(Function, ATaskOverItsDeadlineLosesItsWorkerOnly) {
    lambda_local::function function(settings_for("cpu", std::chrono::seconds(3)));
    const std::set<pid_t> before = workers_in(function.invoke(R"({"loops":2,"steps":1000})"));
    const auto late = function.invoke(endless);
    EXPECT_EQ(late.error_type, "Function.TaskTimeout") << late.payload;
    EXPECT_EQ(json::parse(late.payload).at("errorType"), "penstock::task_timeout");
    const auto next = function.invoke(R"({"loops":2,"steps":1000})");
    ASSERT_FALSE(next.failed()) << next.payload;
    EXPECT_EQ(next.environment, 1U);
    const std::set<pid_t> after = workers_in(next);
    std::set<pid_t> kept;
    std::set_intersection(before.begin(), before.end(), after.begin(), after.end(),
                          std::inserter(kept, kept.end()));
    EXPECT_EQ(kept.size(), 1U);
    EXPECT_EQ(after.size(), 2U);
}

TEST(Function, RefusesALargeAnswer) {
    lambda_local::function function(settings_for("echo"));
    const auto large = function.invoke(json{{"times", 7}, {"text", std::string(1U << 20U, 'x')}}.dump());
    EXPECT_EQ(large.error_type, "Function.ResponseSizeTooLarge");
    EXPECT_NE(large.payload.find("bytes, and Lambda takes 6291456 at most"), std::string::npos)
        << large.payload;
    EXPECT_EQ(function.invoke("1").payload, "[1]");
}

TEST(Function, ReportsAStartThatFailed) {
    lambda_local::function function(settings_for("nothing-of-the-kind"));
    const auto answer = function.invoke("{}");
    EXPECT_EQ(answer.error_type, "Runtime.InitError");
    EXPECT_NE(answer.payload.find("nothing-of-the-kind"), std::string::npos) << answer.payload;
}

TEST(Function, SigtermEndsBootstrapAndWorkers) {
    lambda_local::environment one(settings_for("cpu"), 1);
    const std::set<pid_t> workers = workers_in(one.invoke(R"({"loops":2,"steps":1000})"));
    one.processes().ask_to_end();
    EXPECT_EQ(one.processes().exit_status(), 0);
    for (const pid_t worker : workers) EXPECT_TRUE(comes_true([&] { return !is_there(worker); })) << worker;
}

// Workers that it ended would make this Function.WorkerDied.
TEST(Function, SigtermInTheMiddleOfAnInvocationLetsItsTasksGoOn) {
    const function_settings settings = settings_for("cpu", std::chrono::seconds(3));
    lambda_local::environment one(settings, 1);
    const std::set<pid_t> workers = workers_in(one.invoke(R"({"loops":2,"steps":1000})"));
    const auto used = [&workers] {
        unsigned long ticks = 0;
        for (const pid_t worker : workers) ticks += used_by(worker);
        return ticks;
    };
    const unsigned long before = used();
    auto running = std::async(std::launch::async, [&one] { return one.invoke(endless); });
    EXPECT_TRUE(comes_true([&] { return used() > before + 2; }));
    one.processes().ask_to_end();
    const auto answer = running.get();
    EXPECT_EQ(answer.error_type, "Function.TaskTimeout") << answer.payload;
}

TEST(Function, TheGroupIsKilledAtItsDeadline) {
    scripted_bootstrap stuck("sleep 1000 & echo $! >child; wait");
    stuck.settings.timeout = std::chrono::milliseconds(300);
    pid_t child = 0;
    {
        lambda_local::environment one(stuck.settings, 1);
        ASSERT_TRUE(
            comes_true([&] { return static_cast<bool>(std::ifstream(stuck.path() + "/child") >> child); }));
        const auto answer = one.invoke("{}");
        EXPECT_EQ(answer.error_type, "Sandbox.Timedout");
        EXPECT_NE(answer.payload.find("Task timed out after 0.30 seconds"), std::string::npos)
            << answer.payload;
        EXPECT_FALSE(one.usable());
    }
    EXPECT_TRUE(comes_true([&] { return !is_there(child) || state_of(child) == 'Z'; }));
}

TEST(Function, ARuntimeThatEndsIsAnErrorOfTheInvocation) {
    scripted_bootstrap ending("read -r _ <&3; exit 3");
    lambda_local::function function(ending.settings);
    const auto answer = function.invoke("{}");
    EXPECT_EQ(answer.error_type, "Runtime.ExitError");
    EXPECT_NE(answer.payload.find("exited with status 3"), std::string::npos) << answer.payload;
    EXPECT_TRUE(function.invoke("{}").cold);
}

TEST(Function, ThrottlesWhatIsMoreThanItsConcurrency) {
    scripted_bootstrap held("read -r _ <gate");
    held.settings.concurrency = 2;
    const std::string gate = held.path() + "/gate";
    ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
    std::fstream opener(gate);  // for both directions, so that nobody waits for somebody to open it
    lambda_local::function function(held.settings);
    auto first = std::async(std::launch::async, [&] { return function.invoke("1"); });
    auto second = std::async(std::launch::async, [&] { return function.invoke("2"); });
    EXPECT_TRUE(comes_true([&] { return function.counters().invocations == 2; }));
    for (const char* event : {"3", "4"}) {
        const auto refused = function.invoke(event);
        EXPECT_TRUE(refused.throttled());
        EXPECT_EQ(refused.environment, 0U);
    }
    opener << "go\ngo\n" << std::flush;
    EXPECT_EQ(first.get().error_type, "Runtime.ExitError");
    EXPECT_EQ(second.get().error_type, "Runtime.ExitError");
    EXPECT_EQ(function.counters().throttles, 2U);
    EXPECT_EQ(function.counters().most_at_once, 2U);
    EXPECT_EQ(function.counters().errors, 2U);
}

}  // namespace

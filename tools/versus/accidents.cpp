// SPDX-License-Identifier: MIT
// versus_penstock ACCIDENT DIRECTORY: lets one accident happen to a pool of four workers and prints what became of
// everybody, as one line of JSON. rivals.py does the same, step by step, with other pools; versus.py starts both.
//
// Three neighbours run while the accident happens and 17 wait in the queue. Tasks say where they are, and are let go on,
// by empty files in DIRECTORY, which must be empty at the start.
#include <penstock/penstock.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;

constexpr auto patience = 5s;  // a future that is not done so long after the accident hangs
constexpr std::size_t result_size = 400'000'000;
constexpr std::uint64_t read_before_kill = 16u << 20;

template <class Condition>
bool eventually(Condition condition, clock_type::duration limit = patience) {
    const auto end = clock_type::now() + limit;
    while (!condition()) {
        if (clock_type::now() > end) return false;
        std::this_thread::sleep_for(20us);
    }
    return true;
}

void touch(const std::string& path) { std::ofstream{path}; }
bool exists(const std::string& path) { return std::filesystem::exists(path); }
void wait_for_file(const std::string& path) {
    while (!exists(path)) std::this_thread::sleep_for(1ms);
}

/// Those who said that they are there, by files named <role>.<pid>.
std::vector<pid_t> present(const std::string& directory, const std::string& role) {
    std::vector<pid_t> found;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        if (entry.path().stem() == role)
            found.push_back(std::stoi(entry.path().extension().string().substr(1)));
    return found;
}
void arrive(const std::string& directory, const std::string& role) {
    touch(directory + "/" + role + "." + std::to_string(getpid()));
}

/// No process of this number, or only its zombie.
bool is_gone(pid_t pid) {
    std::string text;
    std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/stat"), text);
    const auto name_end = text.rfind(')');
    return name_end == std::string::npos || text.substr(name_end + 2, 1) == "Z";
}

std::uint64_t bytes_read_here() {
    std::ifstream file("/proc/self/io");
    std::string name;
    for (std::uint64_t value = 0; file >> name >> value;)
        if (name == "rchar:") return value;
    throw std::runtime_error("this kernel does not count what a process reads (/proc/self/io)");
}

// ---- tasks ----

/// What cannot be read again: its decoder throws.
struct undecodable {
    static inline bool was_read = false;
    template <class Archive>
    void save(Archive& archive) const {
        archive(std::uint32_t{1});
    }
    template <class Archive>
    void load(Archive&) {
        was_read = true;
        throw std::runtime_error("this cannot be decoded");
    }
};

int answer(int n) { return n; }
int meet(const std::string& directory, const std::string& role, const std::string& go, int n) {
    arrive(directory, role);
    wait_for_file(directory + "/" + go);
    return n;
}
std::string return_much(const std::string& directory) {
    meet(directory, "victim", "now", 0);
    return std::string(result_size, 'x');
}
undecodable return_undecodable(const std::string& directory) {
    meet(directory, "victim", "now", 0);
    return {};
}
int leave(const std::string& directory) {
    meet(directory, "victim", "now", 0);
    ::_exit(0);
}

// ---- what became of everybody ----

struct report {
    bool injected = false;
    std::string proof;
    std::string victim = "-";
    std::string message;
    int answered = 0;
    int failed = 0;
    int neighbours = 0;
    std::string probe = "hangs";
    std::vector<pid_t> workers;
    clock_type::time_point limit{};  // of the waits for all futures together

    clock_type::time_point end_of_patience() {
        if (limit == clock_type::time_point{}) limit = clock_type::now() + patience;
        return limit;
    }
};

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
    return out + '"';
}

void print(const report& r) {
    std::cout << "{\"injected\": " << (r.injected ? "true" : "false") << ", \"proof\": " << quoted(r.proof)
              << ", \"victim\": " << quoted(r.victim) << ", \"message\": " << quoted(r.message)
              << ", \"answered\": " << r.answered << ", \"failed\": " << r.failed
              << ", \"neighbours\": " << r.neighbours << ", \"probe\": " << quoted(r.probe)
              << ", \"workers\": [";
    for (std::size_t i = 0; i != r.workers.size(); ++i) std::cout << (i == 0 ? "" : ", ") << r.workers[i];
    std::cout << "]}" << std::endl;
}

template <class T>
void look_at_victim(report& r, penstock::future<T>& victim) {
    const auto got = [&r](const char* type, const std::exception& e) {
        r.victim = type, r.message = e.what();
    };
    try {
        r.victim = "hangs";
        if (!victim.wait_until(r.end_of_patience())) return;
        static_cast<void>(victim.get());
        r.victim = "a value";
    } catch (const penstock::worker_died& e) {
        got("worker_died", e);
    } catch (const penstock::payload_error& e) {
        got("payload_error", e);
    } catch (const std::exception& e) {
        got("another exception", e);
    }
}

void look_at_neighbours(report& r, std::vector<penstock::future<int>>& neighbours) {
    r.neighbours = static_cast<int>(neighbours.size());
    for (int i = 0; i != r.neighbours; ++i) {
        auto& each = neighbours[static_cast<std::size_t>(i)];
        if (!each.wait_until(r.end_of_patience())) continue;
        try {
            r.answered += each.get() == i;
        } catch (const std::exception&) {
            ++r.failed;
        }
    }
}

void probe(report& r, penstock::process_pool& pool) {
    try {
        auto task = pool.submit(answer, 7);
        if (task.wait_for(2s)) r.probe = task.get() == 7 ? "answered" : "wrong";
    } catch (const std::exception&) {
        r.probe = "refused";
    }
}

class scene {
public:
    explicit scene(std::string directory) : directory_(std::move(directory)) {}

    /// The three that run during the accident.
    void start_neighbours() {
        for (int i = 0; i != 3; ++i)
            neighbours_.push_back(
                pool_.submit(meet, directory_, std::string("neighbour"), std::string("go"), i));
        require(eventually([&] { return present(directory_, "neighbour").size() == 3; }),
                "the neighbours do not run");
    }
    void queue_neighbours() {
        for (int i = 3; i != 20; ++i) neighbours_.push_back(pool_.submit(answer, i));
    }
    /// The pids of all four workers.
    std::vector<pid_t> meet_all() {
        std::vector<penstock::future<int>> all;
        for (int i = 0; i != 4; ++i)
            all.push_back(pool_.submit(meet, directory_, std::string("worker"), std::string("met"), i));
        require(eventually([&] { return present(directory_, "worker").size() == 4; }),
                "there are no four workers");
        touch(directory_ + "/met");
        for (auto& each : all) each.get();
        return present(directory_, "worker");
    }
    /// Runs `bad` on the fourth worker and lets it do what it does; `inject` makes sure that it happened.
    template <class F, class Inject>
    report run(F bad, Inject inject) {
        report r;
        start_neighbours();
        auto victim = pool_.submit(bad, directory_);
        require(eventually([&] { return present(directory_, "victim").size() == 1; }),
                "the victim does not run");
        queue_neighbours();
        inject(r, victim, present(directory_, "victim").front());
        touch(directory_ + "/go");
        if (r.victim == "-") look_at_victim(r, victim);
        finish(r);
        return r;
    }
    void finish(report& r) {
        look_at_neighbours(r, neighbours_);
        probe(r, pool_);
    }
    void let_it_happen() const { touch(directory_ + "/now"); }
    void let_neighbours_go() const { touch(directory_ + "/go"); }
    const std::string& directory() const { return directory_; }
    static void require(bool condition, const char* what) {
        if (!condition) throw std::runtime_error(what);
    }

private:
    std::string directory_;
    penstock::process_pool pool_{{.workers = 4}};
    std::vector<penstock::future<int>> neighbours_;
};

// ---- the accidents ----

report killed_inside_a_result(scene& s) {
    return s.run(return_much, [&](report& r, auto&, pid_t victim) {
        const std::uint64_t before = bytes_read_here();
        s.let_it_happen();
        const bool begun = eventually([&] { return bytes_read_here() - before >= read_before_kill; });
        const bool sent = ::kill(victim, SIGKILL) == 0;
        const bool gone = eventually([&] { return is_gone(victim); });
        const std::uint64_t read = bytes_read_here() - before;
        r.injected = begun && sent && gone && read < result_size;
        r.proof = "after " + std::to_string(read >> 20) + " MiB, pid gone";
    });
}

report idle_worker_killed(scene& s) {
    report r;
    const std::vector<pid_t> all = s.meet_all();
    s.start_neighbours();
    const std::vector<pid_t> busy = present(s.directory(), "neighbour");
    pid_t victim = 0;
    for (const pid_t pid : all)
        if (std::find(busy.begin(), busy.end(), pid) == busy.end()) victim = pid;
    r.injected = ::kill(victim, SIGKILL) == 0 && eventually([&] { return is_gone(victim); });
    r.proof = "pid gone";
    s.queue_neighbours();
    s.let_neighbours_go();
    s.finish(r);
    return r;
}

report undecodable_result(scene& s) {
    return s.run(return_undecodable, [&](report& r, auto& victim, pid_t) {
        s.let_it_happen();
        look_at_victim(r, victim);
        r.injected = undecodable::was_read;
        r.proof = "decoder threw";
    });
}

report exit_in_a_task(scene& s) {
    return s.run(leave, [&](report& r, auto&, pid_t victim) {
        s.let_it_happen();
        r.injected = eventually([&] { return is_gone(victim); });
        r.proof = "pid gone";
    });
}

/// versus.py kills this process; three workers are busy then and one is idle.
report parent_killed(scene& s) {
    report r;
    r.workers = s.meet_all();
    s.start_neighbours();
    return r;
}

report run(const std::string& accident, scene& s) {
    if (accident == "result") return killed_inside_a_result(s);
    if (accident == "idle") return idle_worker_killed(s);
    if (accident == "undecodable") return undecodable_result(s);
    if (accident == "exit") return exit_in_a_task(s);
    if (accident == "parent") return parent_killed(s);
    throw std::runtime_error("there is no accident '" + accident + "'");
}

}  // namespace

int main(int argc, char** argv) {
    penstock::init(argc, argv);
    if (argc != 3) return std::cerr << "usage: versus_penstock ACCIDENT DIRECTORY\n", 2;
    try {
        scene s(argv[2]);
        print(run(argv[1], s));
        if (std::string(argv[1]) == "parent") ::pause();
    } catch (const std::exception& e) {
        std::cerr << "versus_penstock: " << e.what() << '\n';
        return 1;
    }
}

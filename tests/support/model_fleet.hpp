// SPDX-License-Identifier: MIT
// A fleet of numbers instead of processes, for tests of the dispatcher: each worker has a pipe of packets that a test
// lets it read one at a time, as a real worker does. It remembers what ran and how often. One thread.
#pragma once

#include "pool/dispatcher.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace penstock::test {

class model_fleet final : public pool::fleet {
public:
    struct worker {
        bool alive = false;
        bool dying = false;     ///< was killed, or failed; its death is still to be reported
        bool dismissed = false; ///< was asked to end; does so when it has read everything
        bool asked = false;     ///< the task that it runs was asked to stop
        std::uint64_t asked_task = 0;
        bool terminated = false; ///< got SIGTERM
        bool hung_up = false;   ///< one of its pipes is broken
        bool full = false;      ///< something found no room; room() is to be told when there is some
        bool stream = false;    ///< what it has was sent as a stream and cannot be taken back
        std::deque<std::uint64_t> pipe;       ///< sent and unread
        std::optional<std::uint64_t> running; ///< begun and not finished
        std::deque<std::uint64_t> finished;   ///< and not yet heard of: the answers lie in the claim page
    };

    explicit model_fleet(std::size_t count, std::size_t room = 16) : workers(count), room_(room) {}

    sent send(std::size_t number, pool::task_entry& entry, std::chrono::steady_clock::time_point) override {
        worker& w = workers[number];
        if (fail_next_send) {
            fail_next_send = false;
            w.dying = w.hung_up = true;
            return sent::failed;
        }
        if (w.pipe.size() == room_ || w.stream) {
            w.full = true;
            return sent::no_room;
        }
        w.stream = entry.exclusive;
        w.pipe.push_back(entry.id);
        return sent::yes;
    }
    void flush(std::size_t) override {}
    std::vector<std::uint64_t> take_back(std::size_t number) override {
        worker& w = workers[number];
        if (w.stream) return {};
        const std::vector<std::uint64_t> unread(w.pipe.begin(), w.pipe.end());
        w.pipe.clear();
        return unread;
    }
    void start(std::size_t number) override { started.push_back(number); }
    void say_bye(std::size_t number) override { workers[number].dismissed = true; }
    /// Whoever is asked is the task of that number, not the one that happens to run.
    void request_stop(std::size_t number, const pool::task_entry& entry) override {
        workers[number].asked_task = entry.id;
        look_whether_asked(workers[number]);
    }
    void terminate(std::size_t number) override { workers[number].terminated = true; }
    void kill(std::size_t number, const std::string& reason) override {
        workers[number].dying = true;
        reasons[number] = reason;
    }
    void let_go(std::size_t, pool::let_go_reason why) override { ++(why == pool::let_go_reason::recycled ? recycles : others_let_go); }

    /// The worker reads its next packet and begins that task.
    bool read(std::size_t number) {
        worker& w = workers[number];
        if (!w.alive || w.running || w.pipe.empty()) return false;
        w.running = w.pipe.front();
        w.pipe.pop_front();
        ++runs[*w.running];
        look_whether_asked(w);
        return true;
    }
    /// Whether a worker that was full has room again, once.
    bool has_room_again(std::size_t number) {
        worker& w = workers[number];
        return w.full && !w.stream && w.pipe.size() < room_ && !(w.full = false);
    }
    /// The process is gone; what it never read.
    std::vector<std::uint64_t> lose(std::size_t number) {
        worker& w = workers[number];
        std::vector<std::uint64_t> unread(w.pipe.begin(), w.pipe.end());
        w = worker{};
        return unread;
    }

    std::vector<worker> workers;
    std::deque<std::size_t> started; ///< to be made alive by the test
    std::map<std::uint64_t, int> runs;
    std::map<std::size_t, std::string> reasons; ///< of kills, by worker
    int recycles = 0;
    int others_let_go = 0;
    bool fail_next_send = false;

private:
    static void look_whether_asked(worker& w) { w.asked = w.running == w.asked_task; }

    std::size_t room_;
};

} // namespace penstock::test

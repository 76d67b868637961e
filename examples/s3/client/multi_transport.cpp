// SPDX-License-Identifier: MIT
#include "client/multi_transport.hpp"

#include "client/transfer.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <new>
#include <unordered_map>
#include <vector>

namespace s3 {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How soon a stop is noticed while nothing comes in.
constexpr milliseconds stop_interval{50};

void check(CURLMcode code) {
    if (code != CURLM_OK)
        throw std::runtime_error(std::string("libcurl failed: ") + curl_multi_strerror(code));
}

struct free_multi {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

// A coroutine that nobody owns: its frame goes when it has ended.
struct detached {
    struct promise_type {
        [[nodiscard]] detached get_return_object() const noexcept { return {}; }
        [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }
        [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        void unhandled_exception() const noexcept { std::terminate(); }
    };
};

}  // namespace

// One round:
//
//     spawned tasks --begin--> queued requests --attach--> in flight --complete--> tasks go on, and queue more
//                                                timers --due--^
//
// Tasks begin only while there is room, so that a million of them cost a million small frames but neither buffers nor
// signatures. What a task does in its turn (start, pause, spawn) only adds to the queues.
class multi_transport::impl {
public:
    impl(std::size_t max_in_flight, stop_check stop)
        : limit_(std::max<std::size_t>(max_in_flight, 1)), stop_(std::move(stop)) {
        idle_.push_back(std::make_unique<slot>());  // initializes libcurl, too
        multi_.reset(curl_multi_init());
        if (multi_ == nullptr) throw std::bad_alloc();
        check(curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(limit_)));
        check(curl_multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(limit_)));
    }

    void end() {
        spawned_.clear();
        stopping_ = true;
        closed_ = true;
        stop_all();
    }

    void spawn(task<void> work) {
        ++tasks_;
        spawned_.push_back(std::move(work));
    }

    bool poll(milliseconds longest) {
        if (!stopping_ && stop_ && stop_()) stopping_ = true;
        if (stopping_) stop_all();
        begin_tasks();
        attach_queued();
        int running = 0;
        check(curl_multi_perform(multi_.get(), &running));
        const bool answered = complete_ended();
        const bool rang = fire_timers();
        if (!answered && !rang && (tasks_ != 0 || !running_.empty() || !timers_.empty())) wait(longest);
        return tasks_ != 0;
    }

    void throw_first_error() {
        if (first_error_) std::rethrow_exception(std::exchange(first_error_, nullptr));
    }

    void start(http_request request, completion done) {
        if (closed_ || (stopping_ && !request.cleanup)) return done(stopped_response());
        queue_.push_back({std::move(request), std::move(done)});
    }

    void pause(milliseconds delay, std::function<void()> done) {
        if (stopping_) return done();
        timers_.emplace(clock::now() + delay, std::move(done));
    }

    [[nodiscard]] std::size_t tasks() const noexcept { return tasks_; }
    [[nodiscard]] std::size_t in_flight() const noexcept { return running_.size(); }
    [[nodiscard]] std::size_t queued() const noexcept { return queue_.size(); }

private:
    struct slot {
        transfer exchange;
        completion done;
    };
    struct waiting {
        http_request request;
        completion done;
    };

    static detached drive(impl* self, task<void> work) {
        try {
            co_await work;
        } catch (...) {
            if (!self->first_error_) self->first_error_ = std::current_exception();
        }
        --self->tasks_;
    }

    void begin_tasks() {
        while (!spawned_.empty() && (stopping_ || running_.size() + queue_.size() < limit_)) {
            task<void> next = std::move(spawned_.front());
            spawned_.pop_front();
            drive(this, std::move(next));
        }
    }

    void attach_queued() {
        while (!queue_.empty() && running_.size() < limit_) {
            waiting next = std::move(queue_.front());
            queue_.pop_front();
            attach(std::move(next));
        }
    }

    void attach(waiting next) {
        std::unique_ptr<slot> place = free_slot();
        try {
            place->exchange.prepare(std::move(next.request));
            check(curl_multi_add_handle(multi_.get(), place->exchange.handle()));
        } catch (...) {
            idle_.push_back(std::move(place));
            return next.done(failed_response(std::current_exception()));
        }
        place->done = std::move(next.done);
        CURL* const handle = place->exchange.handle();
        running_.emplace(handle, std::move(place));
    }

    std::unique_ptr<slot> free_slot() {
        if (idle_.empty()) return std::make_unique<slot>();
        std::unique_ptr<slot> place = std::move(idle_.back());
        idle_.pop_back();
        return place;
    }

    // The handle goes back before the task goes on: its next request may need the room, and the connection.
    void detach(CURL* handle, CURLcode code, bool stopped) {
        const auto found = running_.find(handle);
        std::unique_ptr<slot> place = std::move(found->second);
        running_.erase(found);
        curl_multi_remove_handle(multi_.get(), handle);
        http_response response = place->exchange.finish(code);
        if (stopped) response = stopped_response();
        const completion done = std::exchange(place->done, {});
        idle_.push_back(std::move(place));
        done(std::move(response));
    }

    bool complete_ended() {
        ended_.clear();
        int rest = 0;
        while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &rest)) {
            if (message->msg == CURLMSG_DONE) ended_.emplace_back(message->easy_handle, message->data.result);
        }
        for (const auto& [handle, code] : ended_) detach(handle, code, false);
        return !ended_.empty();
    }

    // Only what is due now: a callback may set another timer, also one that is due at once.
    bool fire_timers() {
        std::vector<std::function<void()>> due;
        const auto end = timers_.upper_bound(clock::now());
        for (auto at = timers_.begin(); at != end; ++at) due.push_back(std::move(at->second));
        timers_.erase(timers_.begin(), end);
        for (const auto& done : due) done();
        return !due.empty();
    }

    void wait(milliseconds longest) {
        milliseconds time = stop_ ? std::min(longest, stop_interval) : longest;
        if (!timers_.empty()) {
            const auto rest = std::chrono::ceil<milliseconds>(timers_.begin()->first - clock::now());
            time = std::clamp(rest, milliseconds(0), time);
        }
        check(curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(time.count()), nullptr));
    }

    // Each completion runs its task on. The requests that it makes then are answered in place, or are cleanups.
    void stop_all() {
        std::vector<CURL*> handles;
        for (const auto& [handle, place] : running_) {
            if (closed_ || !place->exchange.is_cleanup()) handles.push_back(handle);
        }
        for (CURL* const handle : handles) detach(handle, CURLE_ABORTED_BY_CALLBACK, true);
        for (auto& next : std::exchange(queue_, {})) stop_queued(std::move(next));
        for (auto& [when, done] : std::exchange(timers_, {})) done();
    }

    void stop_queued(waiting next) {
        if (!closed_ && next.request.cleanup) {
            queue_.push_back(std::move(next));
        } else {
            next.done(stopped_response());
        }
    }

    std::size_t limit_;
    stop_check stop_;
    std::unique_ptr<CURLM, free_multi> multi_;
    std::vector<std::unique_ptr<slot>> idle_;
    std::unordered_map<CURL*, std::unique_ptr<slot>> running_;
    std::vector<std::pair<CURL*, CURLcode>> ended_;
    std::deque<waiting> queue_;
    std::multimap<clock::time_point, std::function<void()>> timers_;
    std::deque<task<void>> spawned_;
    std::size_t tasks_ = 0;
    std::exception_ptr first_error_;
    bool stopping_ = false;  // only cleanups are sent
    bool closed_ = false;    // nothing is
};

multi_transport::multi_transport(std::size_t max_in_flight, stop_check stop)
    : impl_(std::make_unique<impl>(max_in_flight, std::move(stop))) {}

multi_transport::~multi_transport() { impl_->end(); }

void multi_transport::spawn(task<void> work) { impl_->spawn(std::move(work)); }

void multi_transport::run() {
    while (impl_->poll(milliseconds(1000))) {
    }
    impl_->throw_first_error();
}

bool multi_transport::poll(milliseconds longest) { return impl_->poll(longest); }

std::size_t multi_transport::tasks() const noexcept { return impl_->tasks(); }
std::size_t multi_transport::in_flight() const noexcept { return impl_->in_flight(); }
std::size_t multi_transport::queued() const noexcept { return impl_->queued(); }

void multi_transport::start(http_request request, completion done) {
    impl_->start(std::move(request), std::move(done));
}

void multi_transport::pause(milliseconds delay, std::function<void()> done) {
    impl_->pause(delay, std::move(done));
}

}  // namespace s3

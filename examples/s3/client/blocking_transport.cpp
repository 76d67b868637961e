// SPDX-License-Identifier: MIT
#include "client/blocking_transport.hpp"

#include "client/transfer.hpp"

#include <algorithm>
#include <thread>

namespace s3 {
namespace {

constexpr std::chrono::milliseconds slice{50};

}  // namespace

class blocking_transport::impl {
public:
    explicit impl(const stop_check& stop) : stop_(stop), exchange_(stop) {}

    http_response perform(http_request request) {
        if (!request.cleanup && stopping()) return stopped_response();
        try {
            exchange_.prepare(std::move(request));
        } catch (...) {
            return failed_response(std::current_exception());
        }
        return exchange_.finish(curl_easy_perform(exchange_.handle()));
    }

    void sleep(std::chrono::milliseconds delay) const {
        const auto end = std::chrono::steady_clock::now() + delay;
        while (!stopping()) {
            const auto rest = end - std::chrono::steady_clock::now();
            if (rest <= rest.zero()) return;
            std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(rest, slice));
        }
    }

private:
    [[nodiscard]] bool stopping() const { return stop_ && stop_(); }

    stop_check stop_;
    transfer exchange_;
};

blocking_transport::blocking_transport(stop_check stop) : impl_(std::make_unique<impl>(stop)) {}

blocking_transport::~blocking_transport() = default;

void blocking_transport::start(http_request request, completion done) {
    done(impl_->perform(std::move(request)));
}

void blocking_transport::pause(std::chrono::milliseconds delay, std::function<void()> done) {
    impl_->sleep(delay);
    done();
}

}  // namespace s3

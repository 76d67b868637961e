// SPDX-License-Identifier: MIT
// output_reader alone, on pipes without a worker: where lines and tasks begin and end, and what is dropped.
#include "pool/output_reader.hpp"

#include "os/pipe.hpp"
#include "pool/output_collector.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace penstock::test {
namespace {

constexpr auto out = output_stream::standard_output;
constexpr auto error = output_stream::standard_error;
using texts = std::vector<std::string>;

class output_reader : public testing::Test {
protected:
    void make(std::uint64_t limit = 0) {
        for (os::pipe_ends* each : {&out_, &error_}) os::set_nonblocking(each->read_end.get(), true);
        auto delivery = std::make_shared<pool::output_delivery>(lines_.options(limit), callbacks_);
        reader_ = std::make_unique<pool::output_reader>(std::move(out_.read_end), std::move(error_.read_end), delivery);
    }
    void print(const std::string& text, output_stream to = out) {
        const int fd = (to == out ? out_ : error_).write_end.get();
        ASSERT_EQ(os::write_some(fd, text.data(), text.size()).bytes, text.size());
    }
    const output_collector& delivered() {
        callbacks_.stop();
        return lines_;
    }

    output_collector lines_;
    pool::callback_thread callbacks_;
    os::pipe_ends out_ = os::make_pipe();
    os::pipe_ends error_ = os::make_pipe();
    std::unique_ptr<pool::output_reader> reader_;
    const pool::output_origin nobody_{0, 1, 0, {}};
    const pool::output_origin a_{0, 1, 7, "a"};
    const pool::output_origin b_{0, 1, 8, "b"};
};

TEST_F(output_reader, joins_pieces_of_a_line_and_keeps_empty_ones) {
    make();
    print("one\n\ntw");
    EXPECT_TRUE(reader_->read(out, a_));
    print("o\nthree");
    EXPECT_TRUE(reader_->read(out, a_));
    reader_->finish(a_);
    EXPECT_EQ(delivered().texts("a"), (texts{"one", "", "two", "three"}));
}

TEST_F(output_reader, an_open_line_ends_with_its_task_and_streams_do_not_mix) {
    make();
    print("half of a");
    print("warning of a", error);
    reader_->finish(a_);
    print("b\n");
    reader_->finish(b_);
    EXPECT_EQ(delivered().texts("a"), texts{"half of a"});
    EXPECT_EQ(lines_.texts("a", error), texts{"warning of a"});
    EXPECT_EQ(lines_.texts("b"), texts{"b"});
}

TEST_F(output_reader, what_comes_between_tasks_takes_nothing_from_the_second) {
    make(10);
    print("0123456789 and more");
    EXPECT_TRUE(reader_->read(out, nobody_));
    print("abcdefgh\n");
    reader_->finish(a_);
    ASSERT_EQ(delivered().lines().size(), 3u);
    EXPECT_EQ(lines_.lines()[0].text, "0123456789");
    EXPECT_EQ(lines_.lines()[0].task_id, 0u);
    EXPECT_EQ(lines_.lines()[1].dropped, 9u);
    EXPECT_EQ(lines_.lines()[1].task_id, 0u);
    EXPECT_EQ(lines_.texts("a"), texts{"abcdefgh"});
}

TEST_F(output_reader, the_limit_is_exact_and_for_both_streams) {
    make(10);
    print("1234\n");
    reader_->read(out, a_);
    print("56789", error);
    reader_->finish(a_);
    print("1234\n567890123\n");
    reader_->finish(b_);
    EXPECT_EQ(delivered().texts("a"), texts{"1234"});
    EXPECT_EQ(lines_.texts("a", error), texts{"56789"}) << "ten bytes are within a limit of ten";
    EXPECT_EQ(lines_.texts("b"), (texts{"1234", "56789"}));
    const auto all = lines_.lines();
    EXPECT_EQ(all.back().dropped, 5u);
    EXPECT_EQ(all.back().task_label, "b");
    EXPECT_EQ(all.size(), 5u) << "one notice";
}

TEST_F(output_reader, a_very_long_line_comes_in_pieces) {
    make();
    std::string whole;
    for (int i = 0; i != 6; ++i) {
        const std::string part(40'000, static_cast<char>('a' + i));
        print(part);
        whole += part;
        EXPECT_TRUE(reader_->read(out, a_));
    }
    reader_->finish(a_);
    std::string together;
    for (const std::string& each : delivered().texts("a")) {
        together += each;
        EXPECT_LE(each.size(), 128u << 10);
    }
    EXPECT_EQ(together, whole);
    EXPECT_GT(lines_.lines().size(), 1u);
}

TEST_F(output_reader, notices_the_end_of_a_stream_and_goes_on_with_the_other) {
    make();
    print("last\n");
    out_.write_end.reset();
    EXPECT_FALSE(reader_->read(out, a_));
    reader_->close(out);
    EXPECT_EQ(reader_->fd(out), -1);
    print("still here\n", error);
    reader_->finish(a_);
    EXPECT_EQ(delivered().texts("a"), texts{"last"});
    EXPECT_EQ(lines_.texts("a", error), texts{"still here"});
}

} // namespace
} // namespace penstock::test

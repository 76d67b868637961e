// SPDX-License-Identifier: MIT
// The files that a run reads and writes.
#include "program/csv_text.hpp"
#include "program/json_text.hpp"
#include "program/key_file.hpp"
#include "program/result_file.hpp"
#include "text_files.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <sstream>

namespace s3_program::test {
namespace {

const std::vector<std::string> odd_keys{"plain",    "with,comma",    "with\"quote", "two\nlines",
                                        "cr\r\nlf", " blanks ",      "\"",          "",
                                        "日本/語",  "ends with cr\r", "=1+1",         "+1",
                                        "-1",       "@one",           "\ttab"};

std::vector<std::string> keys_of(const std::string& text) {
    const text_file file(text);
    key_file reader(file.name());
    std::vector<std::string> keys;
    while (const auto entry = reader.next()) keys.push_back(entry->key);
    return keys;
}

finished_job row_for(const std::string& key) {
    finished_job row;
    row.what.key = key;
    row.how.size = 10;
    row.how.calc_size = 9;
    row.how.status = 200;
    return row;
}

TEST(csv_text, cells_come_back_as_they_were) {
    std::string record;
    for (const std::string& key : odd_keys) record += (record.empty() ? "" : ",") + csv_cell(key);
    std::istringstream in(record + "\nnext,1\r\n");
    std::vector<std::string> cells;
    ASSERT_TRUE(read_csv_record(in, cells));
    EXPECT_EQ(cells, odd_keys);
    ASSERT_TRUE(read_csv_record(in, cells));
    EXPECT_EQ(cells, (std::vector<std::string>{"next", "1"}));
    EXPECT_FALSE(read_csv_record(in, cells));
}

TEST(key_file, a_pipe_can_be_read_twice_as_well) {
    for (const std::string text : {"a\nb\n", "Key,Size,CalcSize,Status\na,1,1,200\nb,2,2,200\n"}) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
        ::close(ends[1]);
        key_file reader("/proc/self/fd/" + std::to_string(ends[0]));
        ::close(ends[0]);
        for (int time = 0; time != 2; ++time) {
            for (const char* key : {"a", "b"}) {
                const auto entry = reader.next();
                ASSERT_TRUE(entry) << key << " at time " << time;
                EXPECT_EQ(entry->key, key);
            }
            EXPECT_FALSE(reader.next());
            reader.rewind();
        }
    }
}

TEST(csv_text, only_what_needs_quotes_has_them) {
    // Also what spreadsheets take for a formula: the key is to stay what it is.
    for (const char* plain : {"a b", "=1+1", "@one", "\ttab"}) EXPECT_EQ(csv_cell(plain), plain);
    EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
    EXPECT_EQ(csv_cell("a\"b"), "\"a\"\"b\"");
}

TEST(csv_text, a_quote_that_does_not_end_is_an_error) {
    std::istringstream in("\"never");
    std::vector<std::string> cells;
    EXPECT_THROW((void)read_csv_record(in, cells), std::runtime_error);
}

TEST(key_file, reads_lines) {
    EXPECT_EQ(keys_of("a\n\nb c\r\nd,e"), (std::vector<std::string>{"a", "b c", "d,e"}));
    EXPECT_TRUE(keys_of("").empty());
}

TEST(key_file, reads_what_list_wrote_and_again_after_rewind) {
    const text_file file("");
    result_file rows(file.name());
    std::vector<std::string> written;
    for (const std::string& key : odd_keys) {
        rows.add(row_for(key));
        if (!key.empty()) written.push_back(key);
    }
    rows.finish(12.3456);
    key_file reader(file.name());
    for (int time = 0; time != 2; ++time) {
        std::vector<std::string> keys;
        while (const auto entry = reader.next()) {
            keys.push_back(entry->key);
            EXPECT_EQ(entry->size, 10U);
        }
        EXPECT_EQ(keys, written);
        reader.rewind();
    }
}

TEST(key_file, passes_over_the_mark_of_utf_8) {
    EXPECT_EQ(keys_of("\xef\xbb\xbf" "a\nb\n"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(keys_of("\xef\xbb\xbfKey,Size,CalcSize,Status\na,1,1,200\n"), (std::vector<std::string>{"a"}));
}

TEST(key_file, a_key_that_begins_like_a_header_is_a_key) {
    EXPECT_EQ(keys_of("Key,1\nb,c\n"), (std::vector<std::string>{"Key,1", "b,c"}));
    EXPECT_EQ(keys_of("\"Key\nb\n"), (std::vector<std::string>{"\"Key", "b"}));
}

TEST(key_file, a_cell_that_does_not_end_is_told_with_its_line) {
    const text_file file("Key time = 1.0,Size,CalcSize,Status\n\"a\nb\",1,1,200\n\"never,1,1,200\n");
    key_file reader(file.name());
    (void)reader.next();
    try {
        (void)reader.next();
        FAIL();
    } catch (const std::runtime_error& problem) {
        EXPECT_NE(std::string(problem.what()).find(file.name() + ", line 4"), std::string::npos) << problem.what();
    }
}

TEST(key_file, a_missing_file_is_named) {
    try {
        key_file("/no/such/file");
        FAIL();
    } catch (const std::runtime_error& problem) {
        EXPECT_NE(std::string(problem.what()).find("/no/such/file"), std::string::npos);
    }
}

TEST(result_file, has_the_time_in_the_header) {
    const text_file file("");
    result_file rows(file.name());
    rows.add(row_for("k"));
    finished_job bad = row_for("bad");
    bad.how.how = outcome::failed;
    bad.how.error = "GET s3://b/bad: 503 SlowDown, really";
    rows.add(bad);
    rows.finish(12.345);
    EXPECT_EQ(content_of(file.name()),
              "Key time = 12.345,Size,CalcSize,Status\nk,10,9,200\nbad,10,9,\"GET s3://b/bad: 503 SlowDown, "
              "really\"\n");
    EXPECT_FALSE(std::filesystem::exists(file.name() + ".part"));
}

TEST(result_file, an_empty_run_has_a_header) {
    const text_file file("");
    result_file rows(file.name());
    rows.finish(0);
    EXPECT_EQ(content_of(file.name()), "Key time = 0.000,Size,CalcSize,Status\n");
}

TEST(result_file, default_names) {
    EXPECT_EQ(default_result_name("night", "process+async", "2x64"), "result_night_process+async_2x64.csv");
    EXPECT_EQ(default_result_name("a/b", "async", "64"), "result_a_b_async_64.csv");
}

TEST(json_text, strings) {
    EXPECT_EQ(json_string("a\"b\\c\nd"), "\"a\\\"b\\\\c\\u000ad\"");
    EXPECT_EQ(json_string("日本"), "\"日本\"");
    EXPECT_EQ(json_string("\xff"), "\"\\u00ff\"");
    EXPECT_EQ(json_string("\xe6\x97"), "\"\\u00e6\\u0097\"");
}

}  // namespace
}  // namespace s3_program::test

// SPDX-License-Identifier: MIT
#include "program/commands.hpp"

#include "client/blocking_transport.hpp"
#include "client/client.hpp"
#include "interrupt.hpp"
#include "program/credentials_of.hpp"
#include "program/job_sources.hpp"
#include "program/local_file.hpp"
#include "program/orderly_end.hpp"
#include "program/shown_run.hpp"
#include "text.hpp"

#include <filesystem>
#include <iostream>
#include <optional>

namespace s3_program {
namespace {

s3_url below(const s3_url& where, const std::string& prefix) { return {where.bucket, where.key + prefix}; }

void upload(const options& wanted, s3::credential_source& keys) {
    const s3_url to = parse_s3_url(wanted.upload);
    s3::blocking_transport way(example_common::interrupt_requested);
    s3::client bucket(wanted.run.client, keys.current(), way);
    bucket.renew_with([&](const s3::credentials& refused) { return std::optional(keys.refreshed(refused)); });
    const s3::byte_source body = read_file(wanted.csv);
    const s3::object_name name{to.bucket, to.key};
    if (body.size() > wanted.run.parts.single_put) {
        (void)s3::run_here(bucket.put_large(name, body, wanted.run.parts.put_part, "text/csv"));
    } else {
        (void)s3::run_here(bucket.put(name, body, "text/csv"));
    }
    std::cout << "uploaded: " << example_common::printable(text_of(to)) << '\n';
}

void make_bucket(const options& wanted, s3::credential_source& keys) {
    if (!wanted.make_bucket) return;
    s3::blocking_transport way(example_common::interrupt_requested);
    s3::client server(wanted.run.client, keys.current(), way);
    s3::run_here(server.create_bucket(wanted.to.bucket));
}

size_histogram sizes_in(key_file& keys) {
    size_histogram found;
    while (const auto entry = keys.next()) found.add(entry->size.value_or(0));
    keys.rewind();
    return found;
}

size_histogram sizes_of(const std::vector<std::string>& files) {
    size_histogram found;
    for (const std::string& name : files) {
        std::error_code unreadable;  // is told with its row
        const auto size = std::filesystem::file_size(name, unreadable);
        found.add(unreadable ? 0 : size);
    }
    return found;
}

int list_here(const options& wanted) {
    const auto keys = keys_for(wanted);
    bucket_listing listing(wanted.run.client, *keys, below(wanted.from, wanted.prefix));
    const size_histogram found = listing.survey();
    read_jobs jobs(listing, wanted.from.bucket);
    const run_result result = show_run(wanted, *keys, jobs, found);
    if (!wanted.upload.empty() && !result.interrupted && result.unwritten.empty()) upload(wanted, *keys);
    return status_of(result);
}

int fetch_here(const options& wanted) {
    const auto keys = keys_for(wanted);
    key_file names(wanted.keys);
    const size_histogram found = sizes_in(names);
    key_jobs jobs(names, wanted.from.bucket);
    return status_of(show_run(wanted, *keys, jobs, found));
}

int copy_here(const options& wanted) {
    const auto keys = keys_for(wanted);
    bucket_listing listing(wanted.run.client, *keys, below(wanted.from, wanted.prefix));
    const size_histogram found = listing.survey();
    make_bucket(wanted, *keys);
    copy_jobs jobs(listing, wanted.from, wanted.to, wanted.day_folders);
    return status_of(show_run(wanted, *keys, jobs, found));
}

int put_here(const options& wanted) {
    const auto keys = keys_for(wanted);
    const size_histogram found = sizes_of(wanted.files);
    make_bucket(wanted, *keys);
    file_jobs jobs(wanted.files, wanted.to);
    return status_of(show_run(wanted, *keys, jobs, found));
}

}  // namespace

int list(const options& wanted) { return in_order([&] { return list_here(wanted); }); }
int fetch(const options& wanted) { return in_order([&] { return fetch_here(wanted); }); }
int copy(const options& wanted) { return in_order([&] { return copy_here(wanted); }); }
int put(const options& wanted) { return in_order([&] { return put_here(wanted); }); }

}  // namespace s3_program

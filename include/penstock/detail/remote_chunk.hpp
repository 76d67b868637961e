// SPDX-License-Identifier: MIT
// A chunk of a map that crosses: encode_chunk in the caller, remote_chunk in the worker (the bytes:
// chunk_writer.hpp), chunk_result::load in get(). Whatever goes wrong with one item, encoding and decoding
// included, is that item's outcome alone; only a callable that does not cross fails the chunk.
#pragma once

#include <penstock/detail/call.hpp>
#include <penstock/detail/chunk_call.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace penstock::detail {

/// F with its parameters P, as a worker runs it on a chunk.
template <class F, class Params>
struct remote_chunk;
template <class F, class... P>
struct remote_chunk<F, type_list<P...>> {
    using item = chunk_item<P...>;
    using value = chunk_value_t<F, P...>;

    static void run(task_call& call) {
        const auto started = std::chrono::steady_clock::now();
        request asked = decode(call);
        chunk_writer reply(call.result_buffer());
        output_archive out(call.result_buffer());
        out.write_size(asked.records.size());
        const std::vector<outcome<value>> alive = run_items(asked, reply);
        const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - started;
        out.write_plain(std::int64_t{took.count()});
        call.reply(reply.borrowed());
    }
    static constexpr callable_descriptor descriptor{
        {callable_descriptor::magic_value[0], callable_descriptor::magic_value[1]},
        fnv1a(type_name<remote_chunk>()),
        &run};

private:
    struct request {
        received_callable<F> callable;
        std::string label;
        std::vector<item_record> records;
        request(input_archive& in, const task_call& call) : callable(in, call) {
            in(label);
            records = read_records(in);
            in.expect_end();
        }
    };

    static request decode(const task_call& call) {
        try {
            input_archive in(call.arguments());
            return request(in, call);
        } catch (...) {
            rethrow_as_crossing_failure(payload_side::argument_decode, type_name<F>());
        }
    }

    /// Returns the outcomes, as the reply borrows from them.
    static std::vector<outcome<value>> run_items(request& asked, chunk_writer& reply) {
        std::vector<outcome<value>> outcomes;
        outcomes.reserve(asked.records.size());  // so that they stay where they are
        for (const item_record& record : asked.records)
            if (record.failed) reply.add_record(record);  // the caller could not encode it
            else run_item(record, asked, reply, outcomes);
        return outcomes;
    }

    static void run_item(const item_record& record, request& asked, chunk_writer& reply,
                         std::vector<outcome<value>>& outcomes) {
        item arguments{};
        try {
            decode_item(record, arguments);
        } catch (const crossing_failure& failure) {
            return reply.add_failure(failure);
        }
        add_outcome(reply, outcomes.emplace_back(call_item<F, P...>(asked.callable.get(), arguments)), asked.label);
    }

    static void decode_item(const item_record& record, item& arguments) {
        std::string_view reading = type_name<F>();
        try {
            input_archive in(record.body);
            std::apply(
                [&](owned_argument_t<P>&... owned) { ((reading = type_name<P>(), in(owned)), ...); },
                arguments);
            in.expect_end();
        } catch (...) {
            rethrow_as_crossing_failure(payload_side::argument_decode, reading);
        }
    }
};

template <class F, class... P>
void encode_item(output_archive& out, const chunk_item<P...>& item) {
    std::string_view writing = type_name<F>();
    try {
        std::apply(
            [&](const owned_argument_t<P>&... owned) {
                ((writing = type_name<P>(), out(owned)), ...);
            },
            item);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (...) {
        rethrow_as_crossing_failure(payload_side::argument_encode, writing);
    }
}

/// Encodes into this thread's scratch buffer. `items` are given away: the call keeps what it borrows from. An
/// item that does not encode takes its failure to the worker and back, so that it keeps its place; only the
/// callable throws a payload_error here. The label is for the remote_info of what the items throw.
template <class F, class... P>
encoded_call encode_chunk(const F& f, std::vector<chunk_item<P...>>& items, std::string_view label = {}) {
    using held = held_tuple<std::vector<chunk_item<P...>>>;
    encoded_call call{
        name_callable(remote_chunk<F, type_list<P...>>::descriptor, f), &scratch_buffer(), {}, nullptr};
    output_archive out(*call.flat);
    try {
        encode_callable(out, f);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (...) {
        rethrow_as_payload_error(payload_side::argument_encode, type_name<F>());
    }
    out.write_text(label);
    out.write_size(items.size());
    chunk_writer records(*call.flat);
    for (const auto& item : items) records.add([&](output_archive& one) { encode_item<F, P...>(one, item); });
    call.borrowed = std::move(records.borrowed());
    if (call.borrowed.empty()) items.clear();
    else call.held = std::make_unique<held>(std::move(items));
    return call;
}

}  // namespace penstock::detail

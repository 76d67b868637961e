// SPDX-License-Identifier: MIT
#include "client/client.hpp"

#include "client/answers.hpp"
#include "client/encode.hpp"
#include "client/joined_parts.hpp"
#include "client/sender.hpp"

#include <algorithm>
#include <utility>

namespace s3 {
namespace {

// A multipart upload has at most so many parts.
constexpr std::uint64_t most_parts = 10'000;

operation on_bucket(std::string label, std::string method, std::string bucket) {
    operation what;
    what.label = std::move(label);
    what.method = std::move(method);
    what.bucket = std::move(bucket);
    return what;
}

// Without a key the address would be the bucket's: a DELETE of nothing would remove the bucket.
void check_key(const std::string& label, const object_name& name) {
    if (!name.key.empty()) return;
    error_details details{label, name.bucket, "", 0, "", "", "not sent: the key of the object is empty"};
    throw s3_error(std::move(details));
}

operation on_object(std::string label, std::string method, object_name name) {
    check_key(label, name);
    operation what = on_bucket(std::move(label), std::move(method), std::move(name.bucket));
    what.key = std::move(name.key);
    return what;
}

query_list upload_query(const std::string& upload_id) { return {{"uploadId", upload_id}}; }

query_list part_query(int number, const std::string& upload_id) {
    return {{"partNumber", std::to_string(number)}, {"uploadId", upload_id}};
}

// A request of an upload in parts.
operation of_upload(std::string label, std::string method, object_name name, query_list query) {
    operation what = on_object(std::move(label), std::move(method), std::move(name));
    what.query = std::move(query);
    what.renews = true;
    return what;
}

std::string copy_source(const std::string& label, const object_name& from) {
    check_key(label, from);
    return "/" + percent_encoded(from.bucket) + "/" + path_encoded(from.key);
}

std::uint64_t fitting_part_size(std::uint64_t size, std::uint64_t wanted) {
    const std::uint64_t least = (size + most_parts - 1) / most_parts;
    return std::max<std::uint64_t>({wanted, least, 1});
}

byte_source part_of(const byte_source& whole, std::uint64_t begin, std::uint64_t size) {
    return {size, [whole, begin, size](std::uint64_t offset, std::span<std::byte> into) {
                const std::uint64_t rest = size - std::min(offset, size);
                const auto room = static_cast<std::size_t>(std::min<std::uint64_t>(rest, into.size()));
                return whole.read(begin + offset, into.first(room));
            }};
}

std::string escaped(const std::string& text) {
    std::string result;
    for (const char letter : text) {
        if (letter == '&') result += "&amp;";
        else if (letter == '<') result += "&lt;";
        else if (letter == '>') result += "&gt;";
        else result += letter;
    }
    return result;
}

std::string part_list(const std::vector<uploaded_part>& parts) {
    std::string text = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (const uploaded_part& part : parts) {
        text += "<Part><PartNumber>" + std::to_string(part.number) + "</PartNumber><ETag>" +
                escaped(part.etag) + "</ETag></Part>";
    }
    return text + "</CompleteMultipartUpload>";
}

}  // namespace

class client::impl : public sender {
public:
    using sender::sender;

    // Reads an answer with `parse`; what it does not understand is an error of the operation.
    template <class Parse>
    auto understood(const operation& what, const http_response& answer, Parse parse) const {
        try {
            return parse(answer.body);
        } catch (const unexpected_answer& problem) {
            throw error_for(what, answer, problem.what());
        }
    }
};

client::client(client_settings settings, credentials keys, transport& way)
    : impl_(std::make_unique<impl>(std::move(settings), std::move(keys), way)) {}

client::~client() = default;

void client::use(credentials keys) { impl_->use(std::move(keys)); }
void client::renew_with(key_renewal renew) { impl_->renew_with(std::move(renew)); }
const credentials& client::keys() const noexcept { return impl_->keys(); }
const client_counters& client::counters() const noexcept { return impl_->counters(); }

task<listing_page> client::list_page(std::string bucket, std::string prefix, std::string token, int max_keys,
                                     std::string delimiter) {
    operation what = on_bucket("list", "GET", std::move(bucket));
    what.query = {{"list-type", "2"}, {"encoding-type", "url"}, {"max-keys", std::to_string(max_keys)}};
    if (!prefix.empty()) what.query.emplace_back("prefix", std::move(prefix));
    if (!token.empty()) what.query.emplace_back("continuation-token", token);
    if (!delimiter.empty()) what.query.emplace_back("delimiter", std::move(delimiter));
    what.answers_xml = true;
    const http_response answer = co_await impl_->send(what);
    listing_page page = impl_->understood(what, answer, listing_in);
    if (!token.empty() && page.next_token == token) {
        throw impl_->error_for(
            what, answer, "the server names the token that it was asked with: the listing would never end");
    }
    co_return page;
}

task<object_info> client::head(object_name name) {
    const operation what = on_object("HEAD", "HEAD", name);
    try {
        const http_response answer = co_await impl_->send(what);
        co_return info_in(answer.headers);
    } catch (const s3_error& error) {
        // The answer to a HEAD has no body, hence no code: whether a token has expired is seen by asking for a byte.
        if ((error.status() != 400 && error.status() != 403) || !error.code().empty()) throw;
    }
    operation question = on_object("HEAD", "GET", std::move(name));
    question.headers.emplace_back("range", "bytes=0-0");
    try {
        (void)co_await impl_->send(std::move(question));
    } catch (const s3_error& error) {
        if (!error.code().empty() && error.status() != 416) throw;
    }
    // Nothing is wrong with a GET: the credentials may have been renewed meanwhile. If not, the refusal comes again.
    const http_response answer = co_await impl_->send(what);
    co_return info_in(answer.headers);
}

task<object_info> client::get(object_name name, byte_sink sink, std::optional<byte_range> range) {
    operation what = on_object("GET", "GET", std::move(name));
    what.stream = std::make_shared<download>(std::move(sink), range);
    const std::shared_ptr<download> stream = what.stream;
    (void)co_await impl_->send(std::move(what));
    co_return stream->info();
}

task<put_result> client::put(object_name name, byte_source body, std::string content_type) {
    operation what = on_object("PUT", "PUT", std::move(name));
    what.body = std::move(body);
    what.headers.emplace_back("content-type", std::move(content_type));
    const http_response answer = co_await impl_->send(std::move(what));
    co_return put_result{std::string(header(answer.headers, "etag"))};
}

task<void> client::remove(object_name name) {
    operation what = on_object("DELETE", "DELETE", std::move(name));
    (void)co_await impl_->send(std::move(what));
}

task<std::string> client::create_multipart(object_name name, std::string content_type) {
    operation what = of_upload("create multipart upload", "POST", std::move(name), {{"uploads", ""}});
    what.headers.emplace_back("content-type", std::move(content_type));
    what.answers_xml = true;
    const http_response answer = co_await impl_->send(what);
    co_return impl_->understood(what, answer, upload_id_in);
}

task<uploaded_part> client::upload_part(object_name name, std::string upload_id, int number,
                                        byte_source body) {
    operation what = of_upload("upload part", "PUT", std::move(name), part_query(number, upload_id));
    what.body = std::move(body);
    const std::uint64_t size = what.body.size();
    const http_response answer = co_await impl_->send(std::move(what));
    co_return uploaded_part{number, std::string(header(answer.headers, "etag")), size};
}

task<uploaded_part> client::upload_part_copy(object_name from, object_name to, std::string upload_id,
                                             int number, byte_range range, std::string if_match) {
    operation what = of_upload("copy part", "PUT", std::move(to), part_query(number, upload_id));
    what.headers.emplace_back("x-amz-copy-source", copy_source(what.label, from));
    std::optional<std::uint64_t> size;
    if (range.last) size = *range.last - range.first + 1;
    const std::string last = range.last ? std::to_string(*range.last) : "";
    what.headers.emplace_back("x-amz-copy-source-range", "bytes=" + std::to_string(range.first) + "-" + last);
    if (!if_match.empty()) what.headers.emplace_back("x-amz-copy-source-if-match", std::move(if_match));
    what.answers_xml = true;
    const http_response answer = co_await impl_->send(what);
    const auto etag = [](const std::string& body) { return etag_in(body, "CopyPartResult"); };
    co_return uploaded_part{number, impl_->understood(what, answer, etag), size};
}

task<put_result> client::complete_multipart(object_name name, std::string upload_id,
                                            std::vector<uploaded_part> parts) {
    std::exception_ptr refused;
    try {
        co_return co_await complete_once(name, std::move(upload_id), parts);
    } catch (const not_found& error) {
        if (error.code() != "NoSuchUpload" || !error.details().repeated) throw;
        refused = std::current_exception();
    }
    // The answer to an earlier attempt was lost: that one may have been carried out.
    object_info found;
    try {
        found = co_await head(name);
    } catch (const not_found&) {
    }
    if (!is_made_of(found, parts)) std::rethrow_exception(refused);
    co_return put_result{found.etag};
}

task<put_result> client::complete_once(object_name name, std::string upload_id,
                                       std::vector<uploaded_part> parts) {
    operation what = of_upload("complete multipart upload", "POST", std::move(name), upload_query(upload_id));
    what.headers.emplace_back("content-type", "application/xml");
    what.body = byte_source::of(part_list(parts));
    what.answers_xml = true;
    const http_response answer = co_await impl_->send(what);
    const auto etag = [](const std::string& body) { return etag_in(body, "CompleteMultipartUploadResult"); };
    co_return put_result{impl_->understood(what, answer, etag)};
}

task<void> client::abort_multipart(object_name name, std::string upload_id) {
    operation what = of_upload("abort multipart upload", "DELETE", std::move(name), upload_query(upload_id));
    what.cleanup = true;
    (void)co_await impl_->send(std::move(what));
}

// The failure that made it necessary is the one to report.
task<void> client::abort_quietly(object_name name, std::string upload_id) {
    try {
        co_await abort_multipart(std::move(name), std::move(upload_id));
    } catch (const std::exception&) {
    }
}

task<put_result> client::put_parts(object_name name, std::string upload_id, byte_source body,
                                   std::uint64_t part_size) {
    std::vector<uploaded_part> parts;
    for (std::uint64_t at = 0; at < body.size() || parts.empty(); at += part_size) {
        byte_source part = part_of(body, at, std::min(part_size, body.size() - at));
        const int number = static_cast<int>(parts.size()) + 1;
        uploaded_part done = co_await upload_part(name, upload_id, number, std::move(part));
        parts.push_back(std::move(done));
    }
    co_return co_await complete_multipart(name, upload_id, std::move(parts));
}

task<put_result> client::put_large(object_name name, byte_source body, std::uint64_t part_size,
                                   std::string content_type) {
    const std::uint64_t step = fitting_part_size(body.size(), part_size);
    const std::string id = co_await create_multipart(name, std::move(content_type));
    std::exception_ptr failure;
    try {
        co_return co_await put_parts(name, id, std::move(body), step);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await abort_quietly(name, id);
    std::rethrow_exception(failure);
}

task<put_result> client::copy(object_name from, object_name to) {
    operation what = on_object("copy", "PUT", std::move(to));
    what.headers.emplace_back("x-amz-copy-source", copy_source(what.label, from));
    what.answers_xml = true;
    const http_response answer = co_await impl_->send(what);
    const auto etag = [](const std::string& body) { return etag_in(body, "CopyObjectResult"); };
    co_return put_result{impl_->understood(what, answer, etag)};
}

task<put_result> client::copy_parts(object_name from, object_name to, std::string upload_id,
                                    object_info source, std::uint64_t part_size) {
    std::vector<uploaded_part> parts;
    for (std::uint64_t at = 0; at < source.size; at += part_size) {
        const byte_range range{at, std::min(at + part_size, source.size) - 1};
        const int number = static_cast<int>(parts.size()) + 1;
        uploaded_part done = co_await upload_part_copy(from, to, upload_id, number, range, source.etag);
        parts.push_back(std::move(done));
    }
    co_return co_await complete_multipart(to, upload_id, std::move(parts));
}

task<put_result> client::copy_large(object_name from, object_name to, std::uint64_t size,
                                    std::uint64_t part_size) {
    if (size == 0) co_return co_await copy(from, to);  // no part may be empty
    const object_info source = co_await head(from);
    if (source.size != size) {
        error_details details{
            "copy", from.bucket, from.key, 412, "", "", "its size is not the one it had when it was listed"};
        throw s3_error(std::move(details));
    }
    const std::string id = co_await create_multipart(to, source.content_type);
    std::exception_ptr failure;
    try {
        co_return co_await copy_parts(from, to, id, source, fitting_part_size(size, part_size));
    } catch (...) {
        failure = std::current_exception();
    }
    co_await abort_quietly(to, id);
    std::rethrow_exception(failure);
}

task<void> client::create_bucket(std::string bucket) {
    operation what = on_bucket("create bucket", "PUT", std::move(bucket));
    const std::string& region = impl_->settings().region;
    if (region != "us-east-1") {
        what.body = byte_source::of(
            "<CreateBucketConfiguration "
            "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>" +
            escaped(region) + "</LocationConstraint></CreateBucketConfiguration>");
    }
    try {
        (void)co_await impl_->send(std::move(what));
    } catch (const s3_error& error) {
        if (error.code() != "BucketAlreadyOwnedByYou") throw;
    }
}

}  // namespace s3

// SPDX-License-Identifier: MIT
// Buckets as a whole: create, head, delete, location, and the list of all.
#include "server/call.hpp"

namespace s3_server {
namespace {

constexpr std::string_view xml_begin = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

bool is_bucket_name(std::string_view name) {
    return name.size() >= 3 && name.size() <= 63 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == name.npos;
}

// What stands between <name> and </name>, empty when there is none.
std::string_view text_of(std::string_view xml, const std::string& name) {
    const auto begin = xml.find("<" + name + ">");
    if (begin == xml.npos) return {};
    const auto rest = xml.substr(begin + name.size() + 2);
    return trimmed(rest.substr(0, rest.find("</" + name + ">")));
}

answer create_bucket(const call& from) {
    const std::string& name = from.where.bucket;
    if (!is_bucket_name(name)) {
        throw refusal("InvalidBucketName", "The specified bucket is not valid.", {{"BucketName", name}});
    }
    const auto wanted = text_of(from.received.body, "LocationConstraint");
    from.objects.create_bucket({name, wanted.empty() ? from.settings.region : std::string(wanted), from.now});
    answer created;
    created.headers.push_back({"Location", "/" + name});
    return created;
}

answer head_bucket(const call& from) {
    answer found;
    found.headers.push_back({"x-amz-bucket-region", from.objects.bucket(from.where.bucket).region});
    return found;
}

answer remove_bucket(const call& from) {
    from.objects.remove_bucket(from.where.bucket);
    answer gone;
    gone.status = 204;
    return gone;
}

// The oldest region has the empty name here.
answer bucket_location(const call& from) {
    const auto region = from.objects.bucket(from.where.bucket).region;
    return xml_answer(std::string(xml_begin) +
                      "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" +
                      xml_escaped(region == "us-east-1" ? "" : region) + "</LocationConstraint>");
}

answer list_buckets(const call& from) {
    std::string xml = std::string(xml_begin) +
                      "<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner>" +
                      xml_element("ID", "penstock") + "</Owner><Buckets>";
    for (const auto& one : from.objects.buckets()) {
        xml += "<Bucket>" + xml_element("Name", one.name) +
               xml_element("CreationDate", iso_date(one.created)) + "</Bucket>";
    }
    return xml_answer(xml + "</Buckets></ListAllMyBucketsResult>");
}

}  // namespace

answer xml_answer(std::string xml, unsigned status) {
    answer result;
    result.status = status;
    result.headers.push_back({"Content-Type", "application/xml"});
    result.text = std::move(xml);
    return result;
}

std::string xml_element(std::string_view name, std::string_view text) {
    return "<" + std::string(name) + ">" + xml_escaped(text) + "</" + std::string(name) + ">";
}

answer serve_bucket(const call& from) {
    switch (from.where.what) {
        case operation::create_bucket:
            return create_bucket(from);
        case operation::head_bucket:
            return head_bucket(from);
        case operation::delete_bucket:
            return remove_bucket(from);
        case operation::get_bucket_location:
            return bucket_location(from);
        default:
            return list_buckets(from);
    }
}

}  // namespace s3_server

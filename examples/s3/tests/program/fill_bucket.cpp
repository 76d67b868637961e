// SPDX-License-Identifier: MIT
// Fills a bucket of any server with the objects of a recipe: fill_bucket BUCKET OBJECTS BYTES. For servers
// that make none by themselves. Where and with which credentials says the environment.
#include "client/client.hpp"
#include "client/credential_source.hpp"
#include "client/multi_transport.hpp"
#include "server/recipe.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

namespace {

constexpr std::uint64_t part_size = 8U << 20U;
constexpr std::size_t at_a_time = 8;

// Any bytes will do; the same everywhere would hide a wrong offset.
std::size_t fill(std::uint64_t offset, std::span<std::byte> into) {
    for (std::byte& one : into) one = static_cast<std::byte>(offset++ * 2654435761U >> 24U);
    return into.size();
}

s3::task<void> put(s3::client& server, std::string bucket, s3_server::made_object object) {
    const s3::object_name name{bucket, object.key};
    const s3::byte_source body(object.size, fill);
    if (object.size > part_size) {
        co_await server.put_large(name, body, part_size);
    } else {
        co_await server.put(name, body);
    }
}

s3::task<void> make(s3::client& server, std::string bucket) { co_await server.create_bucket(bucket); }

void run(const std::string& bucket, std::size_t objects, std::uint64_t bytes) {
    s3_server::bucket_recipe recipe;
    recipe.objects = objects;
    recipe.bytes = bytes;
    s3::multi_transport way(at_a_time);
    s3::client server(s3::settings_from_environment(), s3::find_credentials(), way);
    way.spawn(make(server, bucket));
    way.run();
    for (const s3_server::made_object& object : s3_server::made_objects(recipe)) {
        while (way.tasks() >= at_a_time) (void)way.poll(std::chrono::milliseconds(100));
        way.spawn(put(server, bucket, object));
    }
    way.run();
}

}  // namespace

int main(int argc, char** argv) try {
    if (argc != 4) throw std::runtime_error("fill_bucket BUCKET OBJECTS BYTES");
    run(argv[1], std::stoul(argv[2]), std::stoull(argv[3]));
    return 0;
} catch (const std::exception& problem) {
    std::fprintf(stderr, "fill_bucket: %s\n", problem.what());
    return 1;
}

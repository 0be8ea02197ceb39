// What can be made again is read back whole from its file, and never from a damaged one.
#include "engine/cache.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;
namespace fs = std::filesystem;

TEST_SUITE("cache") {
  TEST_CASE("a file gives back what was written, a damaged one or one of another key does not") {
    const TemporaryDirectory folder;
    const std::string value("va\0lue", 6);
    const fs::path file = cache_file(folder / "below", "key", "thing");
    CHECK(file.extension() == ".thing");
    CHECK(file != cache_file(folder / "below", "kez", "thing"));
    write_cached(file, "key", value);
    REQUIRE(read_cached(file, "key"));
    CHECK(*read_cached(file, "key") == value);
    CHECK_FALSE(read_cached(file, "kez"));
    CHECK_FALSE(read_cached(file, "ke"));
    CHECK_FALSE(read_cached(folder / "none", "key"));
    std::ifstream in(file, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(in), {}};
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string damaged = whole;
      damaged[at] ^= 1;
      std::ofstream(file, std::ios::binary) << damaged;
      CHECK_MESSAGE(!read_cached(file, "key"), at);
      std::ofstream(file, std::ios::binary) << whole.substr(0, at);
      CHECK_MESSAGE(!read_cached(file, "key"), at);
    }
    write_cached(file, "key", "new");
    CHECK(*read_cached(file, "key") == "new");
    // Nothing is left beside it.
    CHECK(std::distance(fs::directory_iterator(file.parent_path()), {}) == 1);
    write_cached("/proc/nowhere/file", "key", {});  // says nothing
  }

  // Was: a folder grew for ever.
  TEST_CASE("those used longest ago go where a folder holds more than it may") {
    const TemporaryDirectory folder;
    const std::string value(1000, 'x');
    const auto file = [&](int i) { return fs::path(folder / std::to_string(i)); };
    const auto used = [&](int i, int hours_ago) {
      fs::last_write_time(file(i),
                          fs::file_time_type::clock::now() - std::chrono::hours(hours_ago));
    };
    for (int i = 0; i < 4; ++i) {
      write_cached(file(i), "key", value);
      used(i, 10 - i);
    }
    CHECK(read_cached(file(0), "key"));  // the oldest, but used now
    write_cached(file(4), "key", value, 3500);
    for (const int i : {0, 3, 4}) CHECK(fs::exists(file(i)));
    for (const int i : {1, 2}) CHECK_FALSE(fs::exists(file(i)));
  }
}

#include "io/disk/insist.h"

#include <doctest/doctest.h>

#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

[[noreturn]] void no_space() { fail(Fault::output, "the disk is full"); }

}  // namespace

TEST_SUITE_BEGIN("io");

TEST_CASE("without a grace the first failure is final") {
  Insist insist({});
  int calls = 0;
  CHECK(error_of([&] { insist([&] { ++calls, no_space(); }); }) == "5 the disk is full");
  CHECK(calls == 1);
}

TEST_CASE("what fails for a moment is done, and said") {
  std::vector<std::string> said;
  Insist insist({.seconds = 60, .say = [&](const std::string& text) { said.push_back(text); }});
  int calls = 0;
  insist([&] {
    if (++calls < 2) no_space();
  });
  CHECK(calls == 2);
  REQUIRE(said.size() == 2);
  CHECK(said[0] == "the disk is full; training waits up to 60 s for it");
  CHECK(said[1] == "output goes on after 0.0 s, nothing is lost");
  insist([] {});
  CHECK(said.size() == 2);
}

TEST_CASE("when the grace is over the error stands and nothing waits any more") {
  Insist insist({.seconds = 0.1});
  int calls = 0;
  const auto always = [&] { ++calls, no_space(); };
  CHECK(error_of([&] { insist(always); }) == "5 the disk is full");
  CHECK(calls >= 2);
  calls = 0;
  CHECK(error_of([&] { insist(always); }) == "5 the disk is full");
  CHECK(calls == 1);
}

TEST_CASE("who wants the run to end does not wait for the grace") {
  const std::atomic<bool> stop{true};
  Insist insist({.seconds = 1e9, .stop = &stop});
  CHECK(error_of([&] { insist(no_space); }) == "5 the disk is full");
}

TEST_CASE("other errors are not tried again") {
  Insist insist({.seconds = 60});
  int calls = 0;
  CHECK(error_of([&] { insist([&] { ++calls, fail(Fault::input, "it is damaged"); }); }) ==
        "6 it is damaged");
  CHECK(calls == 1);
}

TEST_SUITE_END();

#include "apps/command/lower_on.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "support/delayed_device.h"

using namespace ganflow;
using namespace ganflow::cli;
using namespace ganflow::test;

TEST_SUITE("apps/lower_on") {
  TEST_CASE("the CPU takes what another device has no kernel for, unless that one was named") {
    const auto cpu = open_device("cpu"), other = delayed_device();
    std::vector<std::string> asked;
    const auto any = [&](const Device& device) { asked.push_back(device.name()); };
    const auto only_cpu = [&](const Device& device) {
      any(device);
      if (&device != cpu.get()) fail(Fault::usage, "no kernel");
    };
    const auto none = [&](const Device& device) {
      any(device);
      fail(Fault::usage, "no graph");
    };
    using Names = std::vector<std::string>;
    CHECK(lower_on(other, true, any) == other);
    CHECK(asked == Names{"delayed"});
    CHECK(lower_on(other, true, only_cpu) == cpu);
    CHECK(asked == Names{"delayed", "delayed", "cpu"});
    asked.clear();
    CHECK_THROWS_WITH_AS(lower_on(other, false, only_cpu), "no kernel", Error);
    CHECK(asked == Names{"delayed"});
    asked.clear();
    CHECK_THROWS_WITH_AS(lower_on(other, true, none), "no graph", Error);
    CHECK(asked == Names{"delayed", "cpu"});
    asked.clear();
    CHECK_THROWS_WITH_AS(lower_on(cpu, true, none), "no graph", Error);
    CHECK(asked == Names{"cpu"});
  }
}

#include "apps/command/gpu_check.h"

#include <doctest/doctest.h>

#include "support/command.h"
#include "support/delayed_device.h"
#include "support/named_graph.h"

using namespace ganflow;
using namespace ganflow::cli;
using namespace ganflow::test;

namespace {

// Runs the check on a small graph; the last line goes to `row`.
bool holds(const std::shared_ptr<const Device>& device, std::string& row) {
  const CheckedGraph small[] = {
      {"toy-8gaussians", {.batch = 8, .values = {{"generator", "16"}, {"critic", "16"}}}, 30}};
  return check_device(
      device, small, [](const std::string& name) { return named(name).compose; },
      [&](const std::string& line) { row = line; });
}

}  // namespace

TEST_SUITE("apps/gpu_check") {
  TEST_CASE("a device that computes as the CPU passes") {
    std::string row;
    CHECK(holds(delayed_device(), row));
    CHECK(row.starts_with("| toy-8gaussians | 30: equal bits | 0.0e+00 | "));
  }

  TEST_CASE("a device that leaves out transfers is found out") {
    std::string row;
    CHECK_FALSE(holds(delayed_device({.broken = Broken::uploads}), row));
    CHECK(row.find("TOO FAR") != std::string::npos);
  }

  TEST_CASE("the command needs a GPU") {
    const Outcome outcome = command("gpu-check --device cuda:99");
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.output.starts_with("ganflow: --device cuda"));
  }
}

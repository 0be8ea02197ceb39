#include "apps/bench/bench.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "apps/bench/peak.h"
#include "support/command.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("apps/bench");

TEST_CASE("a case is timed on one thread and on two, beside the limit") {
  const Outcome outcome = command(
      "bench toy-8gaussians --set generator=16 --set critic=16 --threads 2 --pairs 2 "
      "--seconds 0.002 --json");
  REQUIRE(outcome.exit_code == 0);
  const auto json = nlohmann::json::parse(outcome.output);
  CHECK(json["threads"] == 2);
  CHECK(json["peak_gflops"].get<double>() > 0);
  REQUIRE(json["cases"].size() == 1);
  const auto& result = json["cases"][0];
  CHECK(result["case"] == "toy-8gaussians");
  CHECK(result["replicas"] == 1);
  for (const char* figure : {"one_us", "many_us", "speedup", "mflop", "one_share", "many_share"}) {
    CAPTURE(figure);
    CHECK(result[figure].get<double>() > 0);
    CHECK(std::isfinite(result[figure].get<double>()));
  }
}

TEST_CASE("the published cases are graphs, each with a name of its own") {
  const std::vector<bench::Case> cases = bench::cases();
  for (const bench::Case& of : cases) {
    CAPTURE(of.name);
    CHECK(std::ranges::count(cases, of.name, &bench::Case::name) == 1);
    CHECK(of.replicas >= 1);
  }
}

TEST_CASE("a case without its data is left out, a name that is none refused") {
  const Outcome left_out = command("bench thesis-mnist");
  CHECK(left_out.exit_code == 0);
  CHECK(left_out.output == "thesis-mnist: needs data, --data mnist:DIR; left out\n");
  CHECK(command("bench toy-8gaussians --set lr=1,2").exit_code == 2);
  CHECK(command("bench thesis-82 --json").exit_code == 2);
}

TEST_SUITE_END();

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

TEST_CASE("a peer is timed beside every run, one that cannot is left out and said") {
  const std::string small =
      "bench toy-8gaussians --set generator=16 --set critic=16 --threads 2 --pairs 3 "
      "--seconds 0.002 ";
  const Outcome outcome = command(small + "--json --peer \"printf '%s %s %s\\n1000 \\n'\"");
  REQUIRE(outcome.exit_code == 0);
  const auto result = nlohmann::json::parse(outcome.output)["cases"][0];
  REQUIRE(result["peers"].size() == 1);
  const auto& peer = result["peers"][0];
  CHECK(peer["command"] == "printf '%s %s %s\\n1000 \\n'");
  CHECK(peer["one_us"] == 1000.0);
  CHECK(peer["many_us"] == 1000.0);
  // The median of 1000 / x is 1000 over the median of x.
  CHECK(peer["one_ratio"].get<double>() ==
        doctest::Approx(1000 / result["one_us"].get<double>()).epsilon(1e-9));
  CHECK(peer["many_ratio"].get<double>() ==
        doctest::Approx(1000 / result["many_us"].get<double>()).epsilon(1e-9));

  const Outcome table =
      command(small + "--peer 'echo 250 #' --peer 'echo no case; false' --peer true");
  CHECK(table.exit_code == 0);
  const std::string row = "| toy-8gaussians | echo 250 # | 250 | 250 | ";
  CHECK(table.output.find(row) != std::string::npos);
  CHECK(table.output.find("toy-8gaussians: --peer 'echo no case; false' gives no microseconds: no "
                          "case; left out\n") != std::string::npos);
  CHECK(table.output.find("--peer 'true' gives no microseconds: it prints nothing; left out\n") !=
        std::string::npos);
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

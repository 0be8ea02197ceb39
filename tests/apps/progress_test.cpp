#include "apps/command/progress.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "io/disk/child.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// What a log gets of updates that are 5 ms apart, all but the last within a tenth of the run.
std::string log_of(std::chrono::steady_clock::duration logged) {
  const TemporaryDirectory dir;
  const std::string file = dir / "log";
  const ChildOutcome outcome = in_child(60, [&] {
    ::dup2(::open(file.c_str(), O_CREAT | O_WRONLY, 0644), STDERR_FILENO);
    cli::ProgressView view("toy", 1, logged);
    for (const Step step : {10, 20, 30, 40, 1000}) {
      view.update({.replica = 0, .step = step, .steps = 1000, .seconds = 0.01 * double(step)});
      ::usleep(5000);
    }
    return "";
  });
  REQUIRE(outcome.ok);
  const std::vector<char> bytes = file_bytes(file);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_SUITE("command") {
  // Was: ten lines in all, however long a run took, and the first said "0 steps/s".
  TEST_CASE("a log gets a line by time, too, and no rate before there is one") {
    const std::string often = log_of(std::chrono::milliseconds(1));
    CAPTURE(often);
    CHECK(std::count(often.begin(), often.end(), '\n') == 5);
    CHECK(often.substr(0, often.find('\n')).ends_with("10/1,000"));
    CHECK(often.find(" 0 steps/s") == std::string::npos);
    CHECK(often.find("20/1,000  100 steps/s") != std::string::npos);
    const std::string seldom = log_of(std::chrono::hours(1));
    CHECK(std::count(seldom.begin(), seldom.end(), '\n') == 2);
  }
}

#include "io/run/keep.h"

#include <doctest/doctest.h>

#include <limits>

#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

const std::vector<Table> kTables = example_info().replicas[0].tables;

// One row of quality (table 2): its kl.
std::vector<std::byte> quality(Step step, double kl) {
  std::vector<std::byte> row(kTables[2].row_bytes());
  RowWriter writer(kTables[2], row.data());
  writer.put(step);
  writer.put(kl);
  return row;
}

// What is left of checkpoints every 100 steps, when `kl` is measured at each.
std::vector<Step> left(const KeepOptions& options, const std::vector<double>& kl) {
  Keeper keeper(options, kTables);
  std::vector<Step> steps;
  for (std::size_t i = 0; i < kl.size(); ++i) {
    const Step step = 100 * (i + 1);
    keeper.saw(2, quality(step, kl[i]));
    keeper.committed(step);
    steps.push_back(step);
    for (const Step gone : keeper.superfluous(steps)) std::erase(steps, gone);
  }
  return steps;
}

using Steps = std::vector<Step>;

}  // namespace

TEST_SUITE_BEGIN("io");

TEST_CASE("the newest checkpoints stay") {
  const std::vector<double> kl(7, 1.);
  CHECK(left({}, kl) == Steps{500, 600, 700});
  CHECK(left({.last = 1}, kl) == Steps{700});
  CHECK(left({.last = 100}, kl).size() == 7);
}

TEST_CASE("the first checkpoint at or after each mark stays") {
  const std::vector<double> kl(9, 1.);
  CHECK(left({.last = 1, .every = 400}, kl) == Steps{400, 800, 900});
  CHECK(left({.last = 1, .every = 250}, kl) == Steps{300, 500, 800, 900});
}

TEST_CASE("the best checkpoint stays, whichever way is better, and not a number never is") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(left({.last = 1, .best = "quality.kl"}, {5, 2, 4, 2, 9}) == Steps{200, 500});
  CHECK(left({.last = 1, .best = "quality.kl:min"}, {5, 2, 1, nan, 9}) == Steps{300, 500});
  CHECK(left({.last = 1, .best = "quality.kl:max"}, {nan, 2, 4, 9, 3}) == Steps{400, 500});
}

TEST_CASE("a checkpoint without a value since the one before is never the best") {
  Keeper keeper({.last = 1, .best = "quality.kl"}, kTables);
  keeper.saw(2, quality(100, 3));
  keeper.committed(100);
  keeper.committed(200);
  keeper.saw(0, example_rows(kTables[0], 0, 200, 300));  // another table
  keeper.committed(300);
  CHECK(keeper.superfluous({100, 200, 300}) == Steps{200});
}

TEST_CASE("a metric that is not measured is refused with those that are") {
  CHECK(error_of([] { Keeper({.best = "quality.lk"}, kTables); }) ==
        "2 --keep-best quality.lk: this run measures no 'quality.lk'; did you mean 'quality.kl'? "
        "there are: critic.loss, critic.penalty.p05, generator.loss, quality.kl");
  // A column alone is enough where one table has it.
  CHECK(error_of([] { Keeper({.best = "kl"}, kTables); }) == "");
  CHECK(error_of([] { Keeper({.best = "loss:max"}, kTables); }) ==
        "2 --keep-best loss:max: 2 tables have a column of that name, say which: critic.loss, "
        "generator.loss");
}

TEST_CASE("a resumed run keeps what an uninterrupted one would") {
  const TemporaryDirectory directory;
  const RunInfo info = example_info(1);
  // kl grows with the step: the first checkpoint is the best.
  const RunDirectoryOptions options{.keep = {.last = 2, .every = 500, .best = "quality.kl"}};
  const auto play = [&](const std::string& path, const std::vector<Step>& stops) {
    Step begin = 0;
    for (const Step end : stops) {
      std::unique_ptr<RunDirectory> run;
      if (begin == 0)
        run = std::make_unique<RunDirectory>(path, info, options);
      else
        run = std::make_unique<RunDirectory>(load_run(path), info, options);
      write_example(*run, info, {.begin = begin, .end = end, .commit_every = 100});
      run->close();
      begin = end;
    }
    return steps_in(path + "/replica_000/checkpoints");
  };
  const Steps expected{100, 500, 1000, 1100};
  CHECK(play(directory / "whole", {1100}) == expected);
  CHECK(play(directory / "parts", {300, 700, 1100}) == expected);
}

TEST_SUITE_END();

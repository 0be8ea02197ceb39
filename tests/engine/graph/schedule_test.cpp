#include "engine/graph/schedule.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"

using namespace ganflow;

namespace {

std::string refusal(const std::string& text) {
  try {
    parse_schedule(text);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::usage);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_SUITE("schedule") {
  TEST_CASE("a number is the constant function") {
    const Schedule s = 1e-3;
    CHECK(s.at(0) == 1e-3);
    CHECK(s.at(1'000'000) == 1e-3);
    CHECK(s.text() == "0.001");
  }

  TEST_CASE("steps hold the value of the last pair at or before the step") {
    const Schedule s = steps({{0, 0.0}, {2500, -0.2}, {5000, -0.6}});
    CHECK(s.at(0) == 0.0);
    CHECK(s.at(2499) == 0.0);
    CHECK(s.at(2500) == -0.2);
    CHECK(s.at(4999) == -0.2);
    CHECK(s.at(99999) == -0.6);
    CHECK(s.text() == "steps(0: 0, 2500: -0.2, 5000: -0.6)");
    CHECK_THROWS_WITH_AS(steps({{1, 2.0}}),
                         "a steps schedule begins at step 1, it must begin at step 0", Error);
    CHECK_THROWS_WITH_AS(steps({{0, 2.0}, {5, 1.0}, {5, 0.0}}),
                         "a steps schedule has step 5 after step 5, its steps must increase",
                         Error);
    CHECK_THROWS_AS(steps({}), Error);
  }

  TEST_CASE("linear is constant outside its interval") {
    const Schedule s = linear(1, 0, 10, 20);
    CHECK(s.at(0) == 1);
    CHECK(s.at(10) == 1);
    CHECK(s.at(15) == 0.5);
    CHECK(s.at(20) == 0);
    CHECK(s.at(1000) == 0);
    CHECK(s.text() == "linear(1: 0, 10: 20)");
    CHECK_THROWS_WITH_AS(linear(1, 0, 20, 20),
                         "a linear schedule goes from step 20 to step 20, the second must be later",
                         Error);
  }

  TEST_CASE("what is parsed is what text() says, and back") {
    CHECK(parse_schedule("1e-3").at(5) == 1e-3);
    CHECK(parse_schedule(" -2 ").at(5) == -2);
    CHECK(parse_schedule("steps(0:0,2500:-0.2)").at(2500) == -0.2);
    CHECK(parse_schedule("linear(1:0,0:20000)").at(5000) == 0.75);
    for (const Schedule& s :
         {Schedule(0.25), steps({{0, 1.0}, {7, -0.99999}}), linear(1, 0.5, 3, 9)}) {
      const Schedule again = parse_schedule(s.text());
      CHECK(again.text() == s.text());
      for (Step step = 0; step < 12; ++step) CHECK(again.at(step) == s.at(step));
    }
  }

  TEST_CASE("a plateau has a value, a factor, a patience and a column") {
    const Schedule s = parse_schedule("plateau(1e-3:0.5, 3:quality.modes:max)");
    CHECK(s.at(0) == 1e-3);
    CHECK(s.at(1'000'000) == 1e-3);
    REQUIRE(s.plateau());
    CHECK(s.plateau()->column == "quality.modes");
    CHECK(s.plateau()->greatest);
    CHECK(s.plateau()->patience == 3);
    CHECK(s.plateau()->factor == 0.5);
    CHECK(s.text() == "plateau(0.001: 0.5, 3: quality.modes:max)");
    CHECK(parse_schedule(s.text()).text() == s.text());
    CHECK(parse_schedule("plateau(1:0.5,3:a.b:min)").text() == "plateau(1: 0.5, 3: a.b)");
    CHECK(s.within(at_least(0), "lr").plateau());
    CHECK_THROWS_AS(s.within(above(0), "clip"), Error);  // it may come as near to 0 as it likes
    CHECK_FALSE(Schedule(1).plateau());
    CHECK(refusal("plateau(1:0.5)") ==
          "schedule 'plateau(1:0.5)' is no plateau: write plateau(value:factor,patience:column), "
          "plateau(0.001:0.5,3:quality.swd)");
    CHECK(
        refusal("plateau(1:0.5,x:a.b)") ==
        "schedule 'plateau(1:0.5,x:a.b)': 'x' is not a number of evaluations, a whole one from 1");
    CHECK(refusal("plateau(1:0.5,0:a.b)") ==
          "a plateau's patience is 0 evaluations, it must be at least 1");
    CHECK(refusal("plateau(1:1,3:a.b)") ==
          "a plateau's factor is 1, it must be above 0 and below 1");
    CHECK(refusal("plateau(1:0.5,3:kl)") ==
          "a plateau's column is 'kl', write table and column: quality.swd");
  }

  TEST_CASE("a schedule knows the least and the greatest value it takes") {
    const auto bounds = [](const Schedule& s) {
      return std::pair{s.bounds()->least, s.bounds()->most};
    };
    CHECK(bounds(0.5) == std::pair{0.5, 0.5});
    CHECK(bounds(steps({{0, 0.0}, {5, -0.6}, {9, -0.2}})) == std::pair{-0.6, 0.0});
    CHECK(bounds(linear(1, -2, 0, 10)) == std::pair{-2.0, 1.0});
    CHECK_FALSE(Schedule("own", [](Step) { return 1.0; }).bounds());
  }

  // Was: a learning rate of -1 trained, to a loss of 8e18.
  TEST_CASE("values out of range: known ones at once, those of a function when they are read") {
    for (const Schedule& s : {Schedule(-1), steps({{0, 0.0}, {7, -1.0}}), linear(1, -1, 0, 9)})
      CHECK_THROWS_WITH_AS(s.within(at_least(0), "lr"),
                           ("lr is " + s.text() + ", it must be at least 0").c_str(), Error);
    for (const double x : {std::nan(""), HUGE_VAL})
      CHECK_THROWS_AS(Schedule(x).within(any_number(), "lr"), Error);
    const Schedule own = Schedule("own", [](Step step) {
                           return 2.0 - static_cast<double>(step);
                         }).within(at_least(0), "lr");
    CHECK(own.text() == "own");
    CHECK(own.at(2) == 0);
    CHECK_THROWS_WITH_AS(own.at(3), "lr is -1 at step 3, it must be at least 0", Error);
  }

  TEST_CASE("bad text is refused with the reason") {
    CHECK(refusal("fast") ==
          "'fast' is not a schedule: write a number, steps(0:1,1000:0.5) or "
          "linear(1:0,0:20000)");
    CHECK(refusal("") != "accepted");
    CHECK(refusal("nan") != "accepted");
    CHECK(refusal("1.0x") != "accepted");
    CHECK(refusal("steps(0:1") == "schedule 'steps(0:1' lacks its closing ')'");
    CHECK(refusal("steps(0:1,5)") == "schedule 'steps(0:1,5)': '5' is not a pair step:value");
    CHECK(refusal("steps(0:1,-5:2)") ==
          "schedule 'steps(0:1,-5:2)': '-5' is not a step, a whole number from 0");
    CHECK(refusal("steps(0:one)") == "schedule 'steps(0:one)': 'one' is not a finite number");
    CHECK(refusal("steps(5:1)") == "a steps schedule begins at step 5, it must begin at step 0");
    CHECK(refusal("steps()") != "accepted");
    CHECK(refusal("linear(1:0)") ==
          "schedule 'linear(1:0)' has 1 pairs, linear has two: linear(from:to,begin:end)");
    CHECK(refusal("linear(1:0,9:3)") != "accepted");
    CHECK(refusal("cosine(1:0,0:10)") ==
          "schedule 'cosine(1:0,0:10)': there is no 'cosine', only steps(...), linear(...) and "
          "plateau(...)");
  }
}

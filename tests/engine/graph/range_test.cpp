#include "engine/graph/range.h"

#include <doctest/doctest.h>

#include <limits>

using namespace ganflow;

TEST_SUITE("options") {
  TEST_CASE("bounds are in or out as they say, what is not finite is out of every range") {
    CHECK(at_least(0).contains(0));
    CHECK_FALSE(above(0).contains(0));
    CHECK(above(0).contains(1e-300));
    CHECK(between(-1, 0).contains(-1));
    CHECK(between(-1, 0).contains(0));
    CHECK_FALSE(between(-1, 0).contains(-1.0000001));
    CHECK(half_open(0, 1).contains(0));
    CHECK_FALSE(half_open(0, 1).contains(1));
    for (const double x :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
          -std::numeric_limits<double>::infinity()})
      for (const Range& range : {any_number(), at_least(0), above(0), between(-1, 1)})
        CHECK_FALSE(range.contains(x));
  }

  TEST_CASE("ranges in words, and the numbers of two") {
    CHECK(any_number().text() == "any finite number");
    CHECK(above(0).text() == "above 0");
    CHECK(half_open(0, 1).text() == "at least 0 and below 1");
    CHECK(between(-1, 0).within(at_least(-0.5)).text() == "from -0.5 to 0");
    CHECK(at_least(0).within(above(0)).text() == "above 0");
    CHECK(above(0).within(at_least(0)).text() == "above 0");
    CHECK(any_number().within(half_open(0, 1)) == half_open(0, 1));
  }
}

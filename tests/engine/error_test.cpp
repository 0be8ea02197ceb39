// Was: a checkpoint whose variable is named "\n" and has seven axes was refused in a sentence of
// two lines (found by a fuzzer); only what a command printed was escaped, not what() itself.
#include "engine/error.h"

#include <doctest/doctest.h>

using namespace ganflow;

TEST_CASE("an error is one line whatever is named in it") {
  try {
    fail(Fault::input, "run.h5: variable '{}' has {} axes, at most {} are read", "a\n\x1b[2J\x7f",
         7, 6);
  } catch (const Error& error) {
    CHECK(error.what() ==
          std::string("run.h5: variable 'a\\x0a\\x1b[2J\\x7f' has 7 axes, at most 6 are read"));
    CHECK(error.exit_code() == 6);
  }
  CHECK(shown("\xc2\x9b and \xc3\xa9") == "\\u009b and \xc3\xa9");
}

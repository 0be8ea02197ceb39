// For 'LR' a 'k' was proposed, two letters away as everything is, and for 'learning_rate' nothing.
#include "engine/suggest.h"

#include <doctest/doctest.h>

using namespace ganflow;

TEST_CASE("the nearest name is proposed if it is near") {
  const std::vector<std::string> known{"k", "lr", "l2", "penalty.lambda", "critic.lr"};
  const std::string list = "there are: k, lr, l2, penalty.lambda, critic.lr";
  const auto proposes = [&](const std::string& name, const std::string& nearest) {
    CHECK(suggestion(name, known) == "; did you mean '" + nearest + "'? " + list);
  };
  proposes("penalty.lamda", "penalty.lambda");
  proposes("Penalty.Lambda", "penalty.lambda");
  proposes("ciritc.lr", "critic.lr");
  proposes("LR", "lr");
  proposes("learning_rate", "lr");
  proposes("Learning-Rate", "lr");
  proposes("rl", "lr");
  for (const char* other : {"z", "xy", "momentum", "learning"})
    CHECK(suggestion(other, known) == "; " + list);
  CHECK(suggestion("lr", {}) == "; there are none");
}

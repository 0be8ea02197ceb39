#include "apps/sweep/ledger.h"

#include <doctest/doctest.h>

#include "apps/sweep/messages.h"

using namespace ganflow;
using namespace ganflow::sweep;
using Some = std::vector<int>;

TEST_SUITE_BEGIN("sweep");

TEST_CASE("replicas are taken in order, several at once only while others get some, too") {
  Ledger ledger(7, 2);
  CHECK(ledger.take(0, 4) == Some{0, 1, 2});  // half of them
  CHECK(ledger.take(1, 1) == Some{3});
  CHECK(ledger.take(1, 4) == Some{4});
  ledger.done(1, 3);
  ledger.done(1, 0);  // which is another's
  CHECK(ledger.held_by(1) == Some{4});
  CHECK(ledger.held_by(0) == Some{0, 1, 2});
  ledger.leaves(1);
  CHECK(ledger.take(0, 4) == Some{5, 6});  // it is alone
  CHECK(ledger.held_by(1) == Some{4});     // which nobody else may write
  CHECK(ledger.take(0, 1).empty());
}

TEST_CASE("a closed queue deals no more and knows what nobody had") {
  Ledger ledger(3, 2);
  CHECK(ledger.take(1, 1) == Some{0});
  ledger.close();
  CHECK(ledger.take(0, 1).empty());
  CHECK(ledger.never_taken() == Some{1, 2});
}

TEST_CASE("words of trainers come back from their bytes") {
  const Done done{.replica = 4,
                  .result = {.step = 1000,
                             .failed = true,
                             .message = "node 'critic_step': loss is not finite",
                             .evaluations = {{"quality", {{"kl", 0.25}}}},
                             .flat = true,
                             .lowered = {{"lr", 1e-4}}}};
  const FromTrainer read_back = read<FromTrainer>(written<FromTrainer>(done));
  const Done& back = std::get<Done>(read_back);
  CHECK(back.replica == 4);
  CHECK(back.result.step == 1000);
  CHECK(back.result.failed);
  CHECK(back.result.message == done.result.message);
  CHECK(back.result.evaluations == done.result.evaluations);
  CHECK(back.result.flat);
  CHECK(back.result.lowered == done.result.lowered);
  CHECK(
      std::holds_alternative<Interrupted>(read<FromTrainer>(written<FromTrainer>(Interrupted{}))));
  CHECK(std::get<Take>(read<ToTrainer>(written<ToTrainer>(Take{{2, 5}}))).replicas == Some{2, 5});
  CHECK_THROWS_AS(read<ToTrainer>("\x7f"), Error);
}

TEST_SUITE_END();

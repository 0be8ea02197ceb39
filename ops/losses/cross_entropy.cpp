#include "ops/losses/cross_entropy.h"

#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/maximum.h"
#include "ops/primitives/reduce.h"
#include "ops/primitives/softmax.h"
#include "ops/transforms/one_hot.h"

namespace ganflow {
namespace {

void require_logits(Formula& f, Value logits, Value labels) {
  if (logits.shape().rank() != 2 || !(labels.shape() == Shape{logits.rows()}))
    formula_error(f.builder(),
                  fmt::format("logits are (N,K) and labels (N), they have shapes {} and {}",
                              logits.shape().str(), labels.shape().str()));
}

}  // namespace

Value CrossEntropy::operator()(Formula& f, Value logits, Value labels) const {
  require_in(f, "smoothing", smoothing, half_open(0, 1));
  require_logits(f, logits, labels);
  const Value log_p = log_softmax(logits, 1);
  const Value of_label = mean(row_sums(OneHot{logits.shape()[1]}(f, labels) * log_p));
  return -(of_label * (1 - smoothing) + mean(log_p) * smoothing);
}

Value Correct::operator()(Formula& f, Value logits, Value labels) const {
  require_logits(f, logits, labels);
  return select(equal(argmax(logits, 1), labels), 1.0, 0.0);
}

}  // namespace ganflow

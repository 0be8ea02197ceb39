#include "ops/layers/residual.h"

#include "ops/checks.h"
#include "ops/layers/conv.h"
#include "ops/primitives/arithmetic.h"

namespace ganflow {

Residual::Residual(std::vector<Layer> main, std::vector<Layer> shortcut)
    : main_(std::move(main)), shortcut_(std::move(shortcut)) {}

bool Residual::conditional() const { return main_.conditional() || shortcut_.conditional(); }

Value Residual::operator()(Formula& f, Value x, Value condition) const {
  const Value y = main_(f, x, main_.conditional() ? condition : Value());
  const Formula::Scope scope(f, "shortcut/");
  const Value z = shortcut_(f, x, shortcut_.conditional() ? condition : Value());
  require_equal_shapes("the residual", y, "its shortcut", z);
  return z + y;
}

Value ResidualBlock::operator()(Formula& f, Value x) const {
  const Conv to{.channels = channels, .kernel = kernel, .init = init, .weight = weight};
  Conv inner = to, one = to;
  one.kernel = 1;
  one.init = shortcut_init;
  if (resample == Resample::down) inner.channels = x.shape()[1];

  std::vector<Layer> main, shortcut;
  const auto then = [&main](std::vector<Layer> more) {
    main.insert(main.end(), more.begin(), more.end());
  };
  if (resample != Resample::first) {
    then(norm);
    then({relu});
  }
  if (resample == Resample::up) then({Upsample{}});
  then({inner});
  if (resample != Resample::first) then(norm);
  then({relu, to});
  if (resample == Resample::down || resample == Resample::first) then({AveragePool{}});

  switch (resample) {
    case Resample::none:
      if (x.shape()[1] != channels) shortcut = {one};
      break;
    case Resample::up:
      shortcut = {Upsample{}, one};
      break;
    case Resample::down:
      shortcut = {one, AveragePool{}};
      break;
    case Resample::first:
      shortcut = {AveragePool{}, one};
      break;
  }
  return Residual(main, shortcut)(f, x);
}

}  // namespace ganflow

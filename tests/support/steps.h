// Whole training steps traced from formulas, the cases of which the golden numbers are kept:
// products, nodes, kernels, depth, copies, arena. Everything is written in primitives here, so that
// the numbers do not move with the operators of ops/.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/program/evaluate.h"
#include "engine/program/program.h"
#include "engine/program/value.h"

namespace ganflow::test {

enum class Penalty {
  none,
  gradient,  // lambda mean (|g| - 1)^2, |g| = sqrt(sum g^2 + 1e-12)
  simple,    // lambda mean |g|^2
  hinge,     // lambda mean max(0, |g|^2 - 1): unknown to every other file
};
enum class Where { interpolated, real, fake };
enum class Loss { wasserstein, minimax };  // minimax: softplus form, generator non-saturating
enum class Update { rmsprop, adam };
// gamma mean max(0, |J|^2 - k) on the generator's Jacobian, pixel mean (SG-03)
enum class Smooth { none, probe, exact };

// A weight and a bias, or what a layer has two of.
struct Layer {
  Value w, b;
};
using Layers = std::vector<Layer>;

// A network other than a perceptron.
struct Architecture {
  std::vector<std::pair<Shape, Shape>> layers;  // of w and b
  std::function<Value(const Layers&, Value)> forward;
  Shape row;  // of what goes in: one row of it
  // State of the network, at the end of its step; nothing: there is none.
  std::function<void(Builder&, const Layers&)> assign_state{};
};

// Multilayer perceptrons with biases and relu between the layers, unless an architecture is given.
struct StepCase {
  std::string name;
  std::vector<Extent> generator, critic;  // layer widths, noise and data included
  Architecture generator_net{}, critic_net{};
  Extent batch = 64;
  Extent data_rows = 400;      // the data set, gathered by an index input
  bool sigmoid_output = true;  // of the generator
  Penalty penalty = Penalty::gradient;
  Where where = Where::interpolated;
  Loss loss = Loss::wasserstein;
  Smooth smooth = Smooth::none;  // of the generator's step
  Update update = Update::rmsprop;

  StepCase with(Penalty p, Where w = Where::interpolated) const;
  StepCase with(Loss l) const;
  StepCase with(Smooth s) const;
  StepCase shrunk() const;  // the same structure at a few rows and columns
};

StepCase thesis();  // G 2-64-784, D 784-64-1, B 64, RMSProp
StepCase mnist();   // G 48-512-512-784, D 784-128-128-1, B 64, RMSProp
StepCase toy();     // G 2-512-512-512-2, D 2-512-512-512-1, B 256, Adam

// Sampling, generator forward, critic, penalty, gradients, update of the critic.
Program critic_step(const StepCase& c);
// Generator forward, critic, gradients, update of the generator.
Program generator_step(const StepCase& c);
// `critic_steps` critic steps and a generator step as one program.
Program macro_step(const StepCase& c, int critic_steps);

// Operations of a program by kind.
struct Census {
  int nodes = 0, products = 0, elementwise = 0, reductions = 0;
};
Census census(const Program& program);

// Values for every input and variable: weights and data of plausible size, indices in range.
Tensors step_inputs(const Program& program, std::uint64_t seed);

// max |a - b| over the largest magnitude of each tensor; infinite where NaN or names differ.
double relative_distance(const Tensors& a, const Tensors& b);

}  // namespace ganflow::test

// A network as the list of its layers, in the words of a paper's table:
//
//   g.network("D", layers({Conv{.channels = 64, .kernel = 5, .stride = 2}, BatchNorm{},
//                          leaky_relu(0.2), flatten, Linear{.out = 1}}))
//
// A layer is a struct of options with operator()(Formula&, Value), a function of one value (relu,
// flatten), or a lambda of either kind; sizes of inputs are taken from what arrives. Layers with
// Variables have a kind ("conv") and are numbered in their list: "D/conv1/w", "D/conv2/w".
//
// Conditional networks: Condition{} joins the condition to what arrives there. Image planes of a
// number each, (N,C,H,W) and (N,K) -> (N,C+K,H,W), are GU-21's label planes; features, (N,F) and
// (N,K) -> (N,F+K), are those of GU-06 and GU-09.
#pragma once

#include <string>
#include <vector>

#include "engine/graph/formula.h"
#include "ops/layers/activations.h"

namespace ganflow {

class Layer {
 public:
  template <class T>
  requires(!std::is_same_v<std::remove_cvref_t<T>, Layer> &&
           (std::is_invocable_r_v<Value, const T&, Value> ||
            std::is_invocable_r_v<Value, const T&, Formula&, Value> ||
            std::is_invocable_r_v<Value, const T&, Formula&, Value, Value>))
      Layer(T layer) {  // NOLINT: implicit on purpose, layers({Linear{.out = 1}, relu})
    if constexpr (requires { T::kKind; }) kind_ = T::kKind;
    if constexpr (requires { layer.conditional(); })
      conditional_ = layer.conditional();
    else
      conditional_ =
          !std::is_invocable_v<const T&, Value> && !std::is_invocable_v<const T&, Formula&, Value>;
    call_ = [layer = std::move(layer)](Formula& f, Value x, [[maybe_unused]] Value condition) {
      if constexpr (std::is_invocable_v<const T&, Formula&, Value, Value>)
        return layer(f, x, condition);
      else if constexpr (std::is_invocable_v<const T&, Formula&, Value>)
        return layer(f, x);
      else
        return layer(x);
    };
  }
  Layer(Value (*f)(Value)) : Layer(Activation(f)) {}  // NOLINT: tanh out of its overloads

  const std::string& kind() const { return kind_; }  // empty: has no Variables
  bool conditional() const { return conditional_; }  // reads the condition
  Value operator()(Formula& f, Value x, Value condition) const { return call_(f, x, condition); }

 private:
  std::string kind_;
  bool conditional_ = false;
  std::function<Value(Formula&, Value, Value)> call_;
};

// One after the other: a network, or a layer of a longer list.
class Layers {
 public:
  static constexpr const char* kKind = "block";
  explicit Layers(std::vector<Layer> list);
  bool conditional() const;
  // Fault::usage if a condition is given and no layer reads it, or none is given and one does.
  Value operator()(Formula& f, Value x, Value condition = {}) const;

 private:
  std::vector<Layer> list_;
  std::vector<std::string> names_;  // "conv1"; empty without Variables
};

Layers layers(std::vector<Layer> list);

// See above. Condition (N,K).
struct Condition {
  Value operator()(Formula& f, Value x, Value condition) const;
};

// (N,...) -> (N, elements of a row)
Value flatten(Value x);

// (N, elements) -> (N, item...): Unflatten{{256, 4, 4}}.
struct Unflatten {
  Shape item;
  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow

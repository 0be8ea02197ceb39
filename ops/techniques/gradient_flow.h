// One step along the gradient flow of two players (MU-02), the continuous game behind training:
//
//   psi' = -grad_psi L_D(psi, theta)      theta' = -grad_theta L_G(psi, theta)
//
//   simultaneous   both from the point where the step begins
//   alternating    first psi, then theta where psi has arrived
//
//   euler   k = v(p)
//   rk4     k = (k1 + 2 k2 + 2 k3 + k4) / 6,  k1 = v(p), k2 = v(p + h/2 k1), k3 = v(p + h/2 k2),
//           k4 = v(p + h k3)
//
// The formula is the number - sum <k, p>, k held fixed, whose gradient is -k: the step of size h
// is a step of plain descent,
//
//   const Port flow = g.add("flow", GradientFlow{.critic = D, .generator = G, ...}, real, z);
//   g.phase("flow", 1).minimize("flow_step", flow, {D, G}, Sgd{.lr = h});
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/graph/formula.h"

namespace ganflow {

enum class FlowMethod : std::uint8_t { euler, rk4 };
enum class FlowOrder : std::uint8_t { simultaneous, alternating };

std::vector<std::pair<std::string, FlowMethod>> flow_methods();
std::vector<std::pair<std::string, FlowOrder>> flow_orders();

struct GradientFlow {
  struct Losses {
    Value critic, generator;  // (), to be minimized
  };
  Network critic, generator;
  // Traced at every point where the method looks, there with the parameters of that point; random
  // draws, state and taps are those of the first. Penalties in here are not refused for critics
  // that mix the samples of a batch.
  std::function<Losses(Formula& f, Value real, Value z)> losses;
  FlowMethod method = FlowMethod::rk4;
  FlowOrder order = FlowOrder::simultaneous;
  Scalar h = 0.1;  // >= 0, that of the descent

  Value operator()(Formula& f, Value real, Value z) const;  // -> ()
};

}  // namespace ganflow

// Where a gradient penalty looks: x_mu from real and fake samples (R-54, MU Table 1). A measure is
// any function of this type; a user's own is a lambda.
//
//   interpolated  a x_real + (1 - a) x_fake, a ~ U(0,1) per sample   WGAN-GP (SG-04), muGP
//   real          x_real                                             pd
//   fake          x_fake                                             pg
//   midpoint      0.5 x_real + 0.5 x_fake                            mu_mid
//   anchored      a A + (1 - a) x_fake, A one fixed sample           mu_g,anc
//   dragan        x_real + 0.5 s u, u ~ U(0,1) per element, s the    DRAGAN (Kodali et al. 2017)
//                 deviation of all elements of the real batch
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/graph/formula.h"

namespace ganflow {

// real, fake (N,...) of equal shapes -> x_mu of the same shape.
using Measure = std::function<Value(Formula& f, Value real, Value fake)>;

namespace measure {

Value interpolated(Formula& f, Value real, Value fake);
Value real(Formula& f, Value real, Value fake);
Value fake(Formula& f, Value real, Value fake);
Value midpoint(Formula& f, Value real, Value fake);
Value dragan(Formula& f, Value real, Value fake);
// A is the state Variable "<node>/anchor" with the shape of one sample, drawn once from `anchor`:
// init::values({2, -1}) for 2-D sets, init::constant(0.5) for MNIST, init::uniform(1) for CIFAR
//
Measure anchored(Initializer anchor);

// All of them by the names above.
std::vector<std::pair<std::string, Measure>> all(const Initializer& anchor);

}  // namespace measure
}  // namespace ganflow

// Batch normalisation by a fixed reference batch (R-48, R-53, GU-14). The reference rows go through
// the network in front of the current ones:
//
//   g.network("G", on_reference(128, layers({Linear{.out = 256}, VirtualBatchNorm{.rows = 128},
//                                            relu, ...})))
//
// Per channel, with m, s the mean and the mean square over the reference rows R and mi, si those of
// one current row i:
//   reference    m, s                                        LE-09: reference batch normalisation
//   per_example  (R m + mi) / (R + 1), (R s + si) / (R + 1)  Salimans et al. 2016
//   with_batch   mean and mean square over all R + N rows    GU: union of reference and batch
// y = scale (x - mean) / sqrt(square - mean^2 + eps) + shift. Reference rows are normalised by the
// reference alone, under with_batch by the union. Training and evaluation are alike.
#pragma once

#include "ops/layers/normalize.h"

namespace ganflow {

enum class ReferenceMode : std::uint8_t { reference, per_example, with_batch };

struct VirtualBatchNorm {
  static constexpr const char* kKind = "norm";
  Extent rows = 64;  // R, what on_reference() was given
  ReferenceMode mode = ReferenceMode::per_example;
  double eps = 1e-5;  // > 0
  NormInit init = {};

  // x (R+N,C) or (R+N,C,...), the reference rows first. Parameters "scale", "shift" (C).
  Value operator()(Formula& f, Value x) const;
};

// Runs `network` on [reference; x] and keeps the rows of x. The reference is the state Variable
// "reference" (R, row of x), drawn once. Beside the reference stand the current labels:
// those of the first R samples, again from the first where there are fewer.
Network::Forward on_reference(Extent rows, Network::Forward network,
                              Initializer reference = init::normal(1));

}  // namespace ganflow

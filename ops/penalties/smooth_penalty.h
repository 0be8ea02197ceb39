// Smooth GAN's penalty on the generator's Jacobian J = dG/dz (SG-03, R-01 .. R-03), a sample at a
// time, on the squared norm, then the mean over the batch:
//
//   gamma mean_n max(0, |J_n|^2 - k)
//
//   pixel_mean    |J|^2 = sum_i |grad_z G_i|^2 / P, the mean over the P elements of an image
//   frobenius     |J|^2 = sum_i |grad_z G_i|^2
//   sum           |J|^2 = |grad_z sum_i G_i|^2 = |J' 1|^2
//   pixel_hinge   gamma mean_n mean_i max(0, |grad_z G_i|^2 - k)
//
// pixel_mean and frobenius are estimated by Hutchinson probes: v of signs gives E |J' v|^2 =
// |J|_F^2, one more backward pass each. `exact` takes one forward tangent a latent element instead,
// for tests and small generators; pixel_hinge always does. Exact Jacobians need a generator whose
// samples do not influence each other. With batch norm a probe measures what z_n does to the whole
// batch.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/graph/formula.h"

namespace ganflow {

enum class JacobianNorm : std::uint8_t { pixel_mean, frobenius, sum, pixel_hinge };

struct SmoothPenalty {
  Scalar gamma = 1;  // >= 0
  Scalar k = 10;     // >= 0, in units of |J|^2; SG-17: 0.1 is too small, 100 has no effect
  JacobianNorm norm = JacobianNorm::pixel_mean;
  int probes = 1;  // >= 1, averaged
  bool exact = false;

  // images (N,...) computed from z (N,d) -> (). Taps "jacobian" (N): |J_n|^2; for pixel_hinge its
  // mean over the pixels.
  Value operator()(Formula& f, Value images, Value z) const;
};

// By the names above.
std::vector<std::pair<std::string, JacobianNorm>> jacobian_norms();

}  // namespace ganflow

// Smooth GAN's penalty on the generator's Jacobian J = dG/dz (SG-03, R-01 .. R-03), a sample at a
// time, on the squared norm, then the mean over the batch:
//
//   gamma mean_n max(0, |J_n|^2 - k)
//
//   spectral      |J|^2 = sigma_max(J)^2, the operator norm, |J u| <= |J| |u| (R-64)
//   pixel_mean    |J|^2 = sum_i |grad_z G_i|^2 / P, the mean over the P elements of an image
//   frobenius     |J|^2 = sum_i |grad_z G_i|^2
//   sum           |J|^2 = |grad_z sum_i G_i|^2 = |J' 1|^2
//   pixel_hinge   gamma mean_n mean_i max(0, |grad_z G_i|^2 - k)
//
// spectral is found by power iteration on J' J from a random start for each sample, a tangent and a
// backward pass an iteration:
//
//   v <- J' J v / |J' J v|, then |J v|^2 with v held fixed
//
// which is never above sigma_max^2, and its derivative by the parameters that of sigma_max^2 at the
// v it ended with. Samples of a Gaussian z that match data of total variance V need
// E sigma_max^2 >= V / d (Poincare's inequality; 5.95 for CIFAR-10 and d = 128): a k far below it
// takes diversity away.
//
// pixel_mean and frobenius are estimated by Hutchinson probes: v of signs gives E |J' v|^2 =
// |J|_F^2, one more backward pass each. `exact` takes one forward tangent a latent element instead,
// for tests and small generators; pixel_hinge always does. Exact Jacobians need a generator whose
// samples do not influence each other. With batch norm a probe measures what z_n does to the whole
// batch, and a tangent what the whole batch does to sample n.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/graph/formula.h"

namespace ganflow {

enum class JacobianNorm : std::uint8_t { spectral, pixel_mean, frobenius, sum, pixel_hinge };

struct SmoothPenalty {
  Scalar gamma = 1;  // >= 0
  Scalar k = 10;     // >= 0, in units of |J|^2; SG-17: 0.1 is too small, 100 has no effect
  JacobianNorm norm = JacobianNorm::spectral;
  int iterations = 3;  // >= 1, of the power iteration; more for tests
  int probes = 1;      // >= 1, averaged
  bool exact = false;  // for all norms but spectral

  // images (N,...) computed from z (N,d) -> (). Taps "jacobian" (N): |J_n|^2; for pixel_hinge its
  // mean over the pixels.
  Value operator()(Formula& f, Value images, Value z) const;
};

// By the names above.
std::vector<std::pair<std::string, JacobianNorm>> jacobian_norms();

}  // namespace ganflow

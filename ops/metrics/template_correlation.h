// Correlation of images with a template at every pixel: what centre detection is made of.
#pragma once

#include <span>
#include <vector>

#include "ops/sources/sphere_set.h"

namespace ganflow {

// score[y, x] = sum over pixels (v, u) of image[v, u] * template[v - y, u - x], zero beyond the
// border. The template is written once as a sum of products of a column and a row, by cross
// approximation to 1e-7 of its greatest value: one product for the smooth sphere, one per distinct
// row for a disc. An image then costs that many pairs of small matrix products.
class TemplateCorrelation {
 public:
  explicit TemplateCorrelation(const SphereTemplate& shape);

  int terms() const { return terms_; }
  // images and scores (n, side, side).
  void scores(std::span<const float> images, std::span<float> scores) const;

 private:
  using Product = void (*)(const float* b, const float* a, float* c, ...);  // C = A B, row-major

  Extent side_;
  int terms_ = 0;
  std::vector<float> rows_;     // (terms, side, side): image -> along x
  std::vector<float> columns_;  // (side, terms * side): stacked terms -> scores
  Product along_x_, along_y_;
};

}  // namespace ganflow

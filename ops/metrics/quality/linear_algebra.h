// Dense matrices in double precision, row-major, as the quality measures need them.
#pragma once

#include <vector>

#include "engine/tensor/shape.h"

namespace ganflow {

// C (m, n) += A (m, k) B (k, n); rows lie a_row, b_row, c_row numbers apart. The order of additions
// depends on the shapes alone.
void multiply_add(Extent m, Extent n, Extent k, const double* a, Extent a_row, const double* b,
                  Extent b_row, double* c, Extent c_row);

struct SymmetricEigen {
  std::vector<double> values;   // (n), ascending
  std::vector<double> vectors;  // (n, n): row i belongs to values[i]
};
// Of a symmetric (n, n). Throws Error(usage) if an entry is not finite.
SymmetricEigen symmetric_eigen(Extent n, std::vector<double> matrix);

// F (n, n) with F F' the given symmetric matrix without negative eigenvalues, of any rank: P' L of
// its Cholesky decomposition with pivots. Throws Error(usage) if an entry is not finite.
std::vector<double> symmetric_factor(Extent n, std::vector<double> matrix);

// Of any (rows, columns), descending. Throws Error(usage) if an entry is not finite.
std::vector<double> singular_values(Extent rows, Extent columns, std::vector<double> matrix);

}  // namespace ganflow

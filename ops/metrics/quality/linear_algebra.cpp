#include "ops/metrics/quality/linear_algebra.h"

#include <libxsmm.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"

// LAPACK's own interface: column-major, every argument a pointer.
extern "C" {
void dsyevd_(const char* vectors, const char* triangle, const int* n, double* a, const int* lda,
             double* values, double* work, const int* lwork, int* iwork, const int* liwork,
             int* info);
void dpstrf_(const char* triangle, const int* n, double* a, const int* lda, int* pivots, int* rank,
             const double* tolerance, double* work, int* info);
void dgesdd_(const char* vectors, const int* m, const int* n, double* a, const int* lda,
             double* values, double* u, const int* ldu, double* vt, const int* ldvt, double* work,
             const int* lwork, int* iwork, int* info);
}

namespace ganflow {
namespace {

constexpr Extent kTile = 128;  // three tiles of doubles fit into 512 KB

void check_finite(const std::vector<double>& matrix) {
  for (const double v : matrix)
    if (!std::isfinite(v))
      fail(Fault::usage, "a matrix of {} numbers holds one that is not finite", matrix.size());
}

void check_converged(const char* routine, int info) {
  if (info != 0) fail(Fault::usage, "LAPACK's {} did not converge (info {})", routine, info);
}

}  // namespace

void multiply_add(Extent m, Extent n, Extent k, const double* a, Extent a_row, const double* b,
                  Extent b_row, double* c, Extent c_row) {
  const auto tile = [](Extent all, Extent at) { return std::min(kTile, all - at); };
  for (Extent i = 0; i < m; i += kTile)
    for (Extent j = 0; j < n; j += kTile)
      for (Extent p = 0; p < k; p += kTile) {
        const Extent rows = tile(m, i), columns = tile(n, j), depth = tile(k, p);
        const double *left = a + i * a_row + p, *right = b + p * b_row + j;
        double* to = c + i * c_row + j;
        // libxsmm is column-major: the factors change places.
        const int lda = static_cast<int>(b_row), ldb = static_cast<int>(a_row),
                  ldc = static_cast<int>(c_row);
        const double one = 1;
        const auto kernel = libxsmm_dmmdispatch(static_cast<int>(columns), static_cast<int>(rows),
                                                static_cast<int>(depth), &lda, &ldb, &ldc, &one,
                                                &one, nullptr, nullptr);
        if (kernel) {
          kernel(right, left, to);
          continue;
        }
        for (Extent y = 0; y < rows; ++y)  // a processor it has no code for
          for (Extent q = 0; q < depth; ++q)
            for (Extent x = 0; x < columns; ++x)
              to[y * c_row + x] += left[y * a_row + q] * right[q * b_row + x];
      }
}

SymmetricEigen symmetric_eigen(Extent n, std::vector<double> matrix) {
  check_finite(matrix);
  SymmetricEigen result{.values = std::vector<double>(static_cast<std::size_t>(n))};
  const int size = static_cast<int>(n);
  int info = 0, ask = -1, integers = 0;
  double doubles = 0;
  const auto call = [&](double* work, int lwork, int* iwork, int liwork) {
    dsyevd_("V", "L", &size, matrix.data(), &size, result.values.data(), work, &lwork, iwork,
            &liwork, &info);
    check_converged("dsyevd", info);
  };
  call(&doubles, ask, &integers, ask);
  std::vector<double> work(static_cast<std::size_t>(doubles));
  std::vector<int> iwork(static_cast<std::size_t>(integers));
  call(work.data(), static_cast<int>(work.size()), iwork.data(), static_cast<int>(iwork.size()));
  result.vectors = std::move(matrix);  // columns of LAPACK's matrix are rows of ours
  return result;
}

std::vector<double> symmetric_factor(Extent n, std::vector<double> matrix) {
  check_finite(matrix);
  const int size = static_cast<int>(n);
  const double tolerance = -1;  // n times the rounding of the greatest diagonal entry
  std::vector<int> pivots(static_cast<std::size_t>(n));
  std::vector<double> work(2 * pivots.size());
  int rank = 0, info = 0;
  dpstrf_("U", &size, matrix.data(), &size, pivots.data(), &rank, &tolerance, work.data(), &info);
  // The upper triangle of LAPACK's matrix is the lower one of ours; what lies beyond the rank and
  // in the other triangle is left over.
  std::vector<double> result(matrix.size());
  for (Extent i = 0; i < n; ++i)
    for (Extent j = 0; j <= std::min<Extent>(i, rank - 1); ++j)
      result[(pivots[i] - 1) * n + j] = matrix[i * n + j];
  return result;
}

std::vector<double> singular_values(Extent rows, Extent columns, std::vector<double> matrix) {
  check_finite(matrix);
  // Of the transpose, which has the same.
  const int m = static_cast<int>(columns), n = static_cast<int>(rows), one = 1;
  std::vector<double> values(static_cast<std::size_t>(std::min(m, n)));
  std::vector<int> iwork(8 * values.size());
  int info = 0;
  double doubles = 0;
  const auto call = [&](double* work, int lwork) {
    dgesdd_("N", &m, &n, matrix.data(), &m, values.data(), nullptr, &one, nullptr, &one, work,
            &lwork, iwork.data(), &info);
    check_converged("dgesdd", info);
  };
  call(&doubles, -1);
  std::vector<double> work(static_cast<std::size_t>(doubles));
  call(work.data(), static_cast<int>(work.size()));
  return values;
}

}  // namespace ganflow

#include "ops/metrics/assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ganflow {

std::vector<Extent> cheapest_assignment(Extent n, std::span<const double> cost) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  constexpr Extent kNone = -1;
  std::vector<double> row_price(n), column_price(n), distance(n);
  std::vector<Extent> row_of(n, kNone), from(n), visited;
  std::vector<char> done(n);
  for (Extent start = 0; start < n; ++start) {
    // Dijkstra over columns, in reduced costs, from `start` to the nearest free column.
    distance.assign(n, kInfinite);
    done.assign(n, 0);
    visited.clear();
    Extent row = start, column = kNone;  // column: through which `row` was reached
    double reached = 0;
    for (;;) {
      Extent next = kNone;
      for (Extent j = 0; j < n; ++j) {
        if (done[j]) continue;
        const double d = reached + cost[row * n + j] - row_price[row] - column_price[j];
        if (d < distance[j]) distance[j] = d, from[j] = column;
        if (next == kNone || distance[j] < distance[next]) next = j;
      }
      column = next;
      reached = distance[column];
      if (row_of[column] == kNone) break;
      done[column] = 1;
      visited.push_back(column);
      row = row_of[column];
    }
    row_price[start] += reached;
    for (Extent j : visited) {
      row_price[row_of[j]] += reached - distance[j];
      column_price[j] -= reached - distance[j];
    }
    // Shift the matches along the path.
    while (column != kNone) {
      const Extent before = from[column];
      row_of[column] = before == kNone ? start : row_of[before];
      column = before;
    }
  }
  std::vector<Extent> column_of(n);
  for (Extent j = 0; j < n; ++j) column_of[row_of[j]] = j;
  return column_of;
}

namespace {

double sorted_wasserstein(std::span<const float> a, std::span<const float> b) {
  std::vector<float> x(a.begin(), a.end()), y(b.begin(), b.end());
  std::sort(x.begin(), x.end());
  std::sort(y.begin(), y.end());
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += std::abs(double{x[i]} - y[i]);
  return sum / static_cast<double>(x.size());
}

}  // namespace

double exact_wasserstein(Extent n, Extent axes, std::span<const float> a,
                         std::span<const float> b) {
  if (axes == 1) return sorted_wasserstein(a.first(n), b.first(n));
  std::vector<double> cost(n * n);
  for (Extent i = 0; i < n; ++i)
    for (Extent j = 0; j < n; ++j) {
      double d2 = 0;
      for (Extent axis = 0; axis < axes; ++axis) {
        const double d = double{a[i * axes + axis]} - b[j * axes + axis];
        d2 += d * d;
      }
      cost[i * n + j] = std::sqrt(d2);
    }
  const auto column_of = cheapest_assignment(n, cost);
  double sum = 0;
  for (Extent i = 0; i < n; ++i) sum += cost[i * n + column_of[i]];
  return sum / static_cast<double>(n);
}

}  // namespace ganflow

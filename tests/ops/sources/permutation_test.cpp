#include "ops/sources/permutation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

using namespace ganflow;

TEST_SUITE_BEGIN("ops/sources");

namespace {

std::vector<std::uint64_t> order_of(std::uint64_t seed, std::uint32_t stream, std::uint64_t epoch,
                                    std::uint64_t n) {
  const formulas::Bijection all = bijection(n);
  std::vector<std::uint64_t> order(n);
  for (std::uint64_t i = 0; i < n; ++i) order[i] = formulas::permuted(all, seed, stream, epoch, i);
  return order;
}

}  // namespace

TEST_CASE("a permutation visits every item once, for any size") {
  for (std::uint64_t n : {1, 2, 3, 4, 5, 31, 32, 33, 400, 1600, 67230}) {
    std::vector<std::uint64_t> order = order_of(7, 11, 3, n), expected(n);
    std::iota(expected.begin(), expected.end(), 0);
    std::sort(order.begin(), order.end());
    CHECK(order == expected);
  }
}

TEST_CASE("seed, stream and epoch each give another order") {
  const auto base = order_of(7, 11, 3, 400);
  CHECK(base == order_of(7, 11, 3, 400));
  for (const auto& other : {order_of(8, 11, 3, 400), order_of(7, 12, 3, 400),
                            order_of(7, 11, 4, 400), order_of(7, 11, 3 + (1ull << 32), 400)}) {
    const auto pairs = std::inner_product(base.begin(), base.end(), other.begin(), 0, std::plus<>(),
                                          std::equal_to<>());
    CHECK(pairs < 10);  // 1 is expected of unrelated orders; 10 or more happens once in 10^7
  }
}

TEST_CASE("each item comes equally often to each place") {
  // 10 items, 20,000 epochs: chi-squared of the 100 cells, 81 degrees of freedom, sd 12.7.
  constexpr int kItems = 10, kEpochs = 20000;
  std::vector<double> count(kItems * kItems);
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    const auto order = order_of(1, 2, epoch, kItems);
    for (int i = 0; i < kItems; ++i) ++count[i * kItems + order[i]];
  }
  double chi2 = 0;
  for (double c : count) chi2 += (c - 2000) * (c - 2000) / 2000;
  CHECK(chi2 < 81 + 5 * 12.7);
}

TEST_CASE("an epoch is cut into whole batches without repeats") {
  constexpr Extent kBatch = 64;
  constexpr std::uint64_t kItems = 400;  // 6 batches, 16 items sit out
  std::set<std::uint64_t> first, second;
  for (Step step = 0; step < 12; ++step) {
    const Draw draw{.seed = 5, .stream = 6, .step = step};
    for (Extent i = 0; i < kBatch; ++i)
      (step < 6 ? first : second)
          .insert(item_of(set_order(kItems, formulas::Visit::epochs), draw, kBatch, i));
  }
  CHECK(first.size() == 384);
  CHECK(second.size() == 384);
  CHECK(first != second);
}

TEST_CASE("with replacement every place is a uniform draw") {
  constexpr std::uint64_t kItems = 10;
  std::vector<double> count(kItems);
  bool repeats = false;
  for (Step step = 0; step < 1000; ++step) {
    const Draw draw{.seed = 5, .stream = 6, .step = step};
    std::set<std::uint64_t> seen;
    for (Extent i = 0; i < 20; ++i) {
      const std::uint64_t item =
          item_of(set_order(kItems, formulas::Visit::replacement), draw, 20, i);
      REQUIRE(item < kItems);
      repeats |= !seen.insert(item).second;
      ++count[item];
    }
  }
  CHECK(repeats);
  for (double c : count) CHECK(c == doctest::Approx(2000).epsilon(0.12));  // 5.6 sd of 42.4
}

TEST_SUITE_END();

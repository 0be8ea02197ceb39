#include "engine/graph/table.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace ganflow;

namespace {

const Table kTable("critic", "critic updates",
                   {{"step", ColumnType::int64, "1", ""},
                    {"loss", ColumnType::float32, "1", ""},
                    {"kl", ColumnType::float64, "nat", ""},
                    {"k", ColumnType::float32, "1", ""}});

}  // namespace

TEST_SUITE_BEGIN("graph");

TEST_CASE("columns lie one after the other without padding") {
  CHECK(kTable.row_bytes() == 8 + 4 + 8 + 4);
  CHECK(kTable.offset(0) == 0);
  CHECK(kTable.offset(1) == 8);
  CHECK(kTable.offset(2) == 12);
  CHECK(kTable.offset(3) == 20);
  CHECK(kTable.find("kl") == 2);
  CHECK(kTable.find("step") == 0);
  CHECK_FALSE(kTable.find("lk"));
}

TEST_CASE("rows are little-endian values of their columns' types") {
  std::vector<std::byte> rows(2 * kTable.row_bytes());
  RowWriter first(kTable, rows.data());
  first.put(std::int64_t{-1});
  first.put(0.1f);
  first.put(0.1);
  first.put(2.5);
  RowWriter second(kTable, rows.data() + kTable.row_bytes());
  second.put(std::uint64_t{1} << 40);
  second.put(std::numeric_limits<double>::quiet_NaN());
  second.put(1e300);
  second.put(-0.f);

  float loss = 0;
  double kl = 0;
  std::memcpy(&loss, rows.data() + 8, 4);
  std::memcpy(&kl, rows.data() + 12, 8);
  CHECK(loss == 0.1f);
  CHECK(kl == 0.1);
  REQUIRE(kTable.count(rows) == 2);
  CHECK(kTable.row(rows, 0).step() == -1);
  CHECK(kTable.row(rows, 0).number(1) == static_cast<double>(0.1f));
  CHECK(kTable.row(rows, 0).number(3) == 2.5);
  const RowView last = kTable.last_row(rows);
  CHECK(last.step() == std::int64_t{1} << 40);
  CHECK(last.number(0) == 0x1p40);
  CHECK(std::isnan(last.number(1)));
  CHECK(last.number(2) == 1e300);
  CHECK(std::signbit(last.number(3)));
}

TEST_SUITE_END();

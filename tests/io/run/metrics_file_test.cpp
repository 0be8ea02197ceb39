#include "io/run/metrics_file.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>

#include "io/run/table.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE("io") {
  // Was: each table of a live file kept its dataset open and a chunk of 32 KiB in memory and on
  // disk: half a megabyte a replica, and a look at all of them whenever a file was closed.
  TEST_CASE("a live file of thousands of tables keeps few of them open and its chunks small") {
    const TemporaryDirectory directory;
    const Table table = example_info(1).replicas[0].tables[0];
    std::vector<LiveTable> tables;
    for (int t = 0; t < 3000; ++t)
      tables.push_back({fmt::format("replica_{:03}/critic", t), table});
    const auto rows = [&](int t, Step begin, Step end) {
      return example_rows(table, t, begin, end);
    };
    const std::string path = directory / "metrics.h5";
    MetricsFile file(path, tables, {});
    for (int t = 0; t < 3000; t += 7) file.append(t, rows(t, 0, 2));  // as a resume does
    file.go_live();
    for (const Step step : {2, 5})
      for (int t = 0; t < 3000; t += 7) file.append(t, rows(t, step, step + 3));
    CHECK(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_DATASET) <= 256);
    CHECK(H5Fget_obj_count(H5F_OBJ_ALL, H5F_OBJ_DATASET) > 0);
    file.flush();
    file.close();
    CHECK(std::filesystem::file_size(path) < 3000 * 12000);

    const hdf5::File read = hdf5::open_file(path);
    const hdf5::Type type = row_type(table);
    for (int t = 0; t < 3000; ++t) {
      const hdf5::Dataset dataset = hdf5::open_dataset(read.id(), tables[t].path);
      const std::vector<std::byte> expected = t % 7 == 0 ? rows(t, 0, 8) : std::vector<std::byte>();
      std::vector<std::byte> found(hdf5::extents(dataset)[0] * table.row_bytes());
      if (!found.empty()) read_rows(dataset, type, 0, found);
      REQUIRE(found == expected);
    }
  }
}

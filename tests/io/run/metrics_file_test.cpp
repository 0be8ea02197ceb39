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

  // Was: the library held 32 MB of tables' headers and looked at each for each other when it closed
  // the file: half a minute for 12,000 tables.
  TEST_CASE("of a live file's tables the library holds little") {
    const TemporaryDirectory directory;
    const hdf5::File file = hdf5::create_file(directory / "live.h5", {.live = true});
    const Table table = example_info(1).replicas[0].tables[0];
    for (int t = 0; t < 3000; ++t)
      create_table(file.id(), fmt::format("replica_{:03}/critic", t), table, {.growing = true});
    std::size_t most = 0, held = 0;
    hdf5::check(H5Fget_mdc_size(file.id(), &most, nullptr, &held, nullptr), "H5Fget_mdc_size");
    CHECK(most <= 2 << 20);
    CHECK(held <= 3 << 20);
  }

  // Was: each table was described attribute by attribute, which took longer than its rows.
  TEST_CASE("a table that is a copy of another has all that it is to have") {
    const TemporaryDirectory directory;
    Table one = example_info(1).replicas[0].tables[0], other = one;
    other.description = "another";
    const auto text = [](const hdf5::File& file, const std::string& path, const std::string& name) {
      return hdf5::read_text(hdf5::open_dataset(file.id(), path).id(), name);
    };
    const Storage live{.growing = true}, three{.rows = 3, .checksum = true},
        four{.rows = 4, .checksum = true};
    const hdf5::File file = hdf5::create_file(directory / "x.h5");
    for (const char* at : {"a/critic", "b/critic"}) create_table(file.id(), at, one, live);
    create_table(file.id(), "c/critic", other, live);
    create_table(file.id(), "d", one, three);
    create_table(file.id(), "e", one, four);
    for (const char* at : {"a/critic", "b/critic", "d", "e"}) {
      const hdf5::Dataset dataset = hdf5::open_dataset(file.id(), at);
      CHECK(hdf5::attribute_names(dataset.id()).size() == 6 + one.columns().size());
      CHECK(text(file, at, "description") == one.description);
      CHECK(text(file, at, "FIELD_1_NAME") == field_name(one.columns()[1]));
    }
    CHECK(text(file, "c/critic", "description") == "another");
    CHECK(hdf5::extents(hdf5::open_dataset(file.id(), "b/critic")) == std::vector<hsize_t>{0});
    CHECK(hdf5::extents(hdf5::open_dataset(file.id(), "d")) == std::vector<hsize_t>{3});
    CHECK(hdf5::extents(hdf5::open_dataset(file.id(), "e")) == std::vector<hsize_t>{4});
  }
}

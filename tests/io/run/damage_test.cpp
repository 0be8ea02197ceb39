// What a run directory does about damage: what is found, said, put aside or made again.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "io/disk/sealed.h"
#include "io/run/rows_file.h"
#include "io/run/run_directory.h"
#include "io/run/table.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("io");

TEST_CASE("a damaged checkpoint is put aside and the one before it taken") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 750});
  const std::string newest = checkpoint_path(run, 0, 750), older = checkpoint_path(run, 0, 500);
  const std::vector<char> bytes = file_bytes(newest);

  SUBCASE("truncated") { write_bytes(newest, {bytes.begin(), bytes.end() - 1000}); }
  SUBCASE("a bit of the text") { flip_bit(newest, 25); }
  SUBCASE("a bit of the padding") { flip_bit(newest, 400); }
  SUBCASE("a bit of the superblock") { flip_bit(newest, 512 + 9); }
  SUBCASE("a bit of the data") { flip_bit(newest, bytes.size() / 2); }
  SUBCASE("empty") { write_bytes(newest, {}); }

  const std::vector<std::string> messages = resume_until(run, 1000);
  REQUIRE(messages.size() == 2);
  CHECK(messages[0].starts_with(newest + " is "));
  CHECK(messages[0].ends_with("; renamed to .corrupt, trying an older one"));
  CHECK(messages[1] == run + ": replica 0 goes on from step 500 instead of step 750");
  CHECK(exists(newest + ".corrupt"));
  CHECK(exists(rows_path(run, 0, 750) + ".superseded"));
  CHECK(wrong_tables(run, 1000).empty());
  CHECK(resume_until(run, 1000).empty());
}

// Was: what could not be read, for want of rights, descriptors or memory, was called damaged and
// put aside, up to the whole run.
TEST_CASE("a file that only cannot be read is no damaged file: the run is not resumed") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 500});
  for (const std::string& path : {checkpoint_path(run, 0, 500), rows_path(run, 1, 250)}) {
    CAPTURE(path);
    std::filesystem::rename(path, path + ".away");
    std::filesystem::create_directory(path);  // can be opened, not read, by whoever asks
    CHECK(error_of([&] { load_run(run); }) ==
          "6 " + path + " cannot be read: it is a pipe, a device or a directory");
    CHECK(exists(path));
    std::filesystem::remove(path);
    std::filesystem::rename(path + ".away", path);
  }
  CHECK(load_run(run).messages.empty());
}

// Was: `sample` and `evaluate` took an older checkpoint without a word.
TEST_CASE("whoever takes an older checkpoint learns why") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 500});
  flip_bit(checkpoint_path(run, 0, 500), 600);
  std::vector<std::string> messages;
  CHECK(load_checkpoint(run, 0, {}, &messages).state.step == 250);
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].starts_with(checkpoint_path(run, 0, 500) + " is damaged: expected CRC32 "));
}

TEST_CASE("messages about damaged files say what was expected and found") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 250});
  const std::string path = checkpoint_path(run, 0, 250);
  const std::vector<char> bytes = file_bytes(path);
  const auto said = [&](const std::vector<char>& now) {
    write_bytes(path, now);
    return error_of([&] { read_checkpoint(path); });
  };
  CHECK(said({bytes.begin(), bytes.begin() + 700}) ==
        fmt::format("6 {} is truncated or extended: expected {} bytes, found 700", path,
                    bytes.size()));
  std::vector<char> more = bytes;
  more.push_back(0);
  CHECK(said(more) == fmt::format("6 {} is truncated or extended: expected {} bytes, found {}",
                                  path, bytes.size(), bytes.size() + 1));
  CHECK(said({'n', 'o'}) == "6 " + path +
                                " is damaged at offset 0: expected 'ganflow sealed file 1', found "
                                "something else in 2 bytes");
  std::vector<char> changed = bytes;
  changed[300] = 1;
  CHECK(said(changed) ==
        "6 " + path + " is damaged in its first 512 bytes: expected text and zeros");
  write_bytes(path, bytes);
  flip_bit(path, bytes.size() - 1);
  CHECK(error_of([&] {
          read_checkpoint(path);
        }).starts_with(fmt::format("6 {} is damaged: expected CRC32 ", path)));
  CHECK(error_of([&] {
          load_checkpoint(run, 0);
        }).starts_with(fmt::format("6 {} is damaged: expected CRC32 ", path)));
  CHECK(error_of([&] { read_checkpoint(rows_path(run, 0, 250)); }) ==
        "6 " + rows_path(run, 0, 250) + " is not a complete checkpoint");
}

TEST_CASE("a damaged or lost index is made again by who knows what the run is") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 500});
  std::string damage;
  SUBCASE("damaged") {
    flip_bit(run + "/run.h5", 700);
    damage = "6 " + run + "/run.h5 is damaged: expected CRC32 ";
  }
  SUBCASE("missing (it could not be resumed)") {
    std::filesystem::remove(run + "/run.h5");
    damage = "6 " + run + " has lost its index, run.h5";
  }
  const std::string said = error_of([&] { load_run(run); });
  CHECK(said.starts_with(damage));
  const RunInfo info = example_info();
  {
    ResumeState state = load_run(run, &info);
    REQUIRE(state.messages.size() == 1);
    CHECK(state.messages[0] == said.substr(2) + "; made again from this command line");
    RunDirectory again(std::move(state), info);
  }
  CHECK(read_run_index(run).info.graph == "thesis-28");
  CHECK(wrong_tables(run, 500).empty());
}

TEST_CASE("an attribute that claims to be an array is refused, not read over a scalar's end") {
  const TemporaryDirectory directory;
  const std::string path = directory / "f.h5";
  write_sealed(path, [](const hdf5::File& file) {
    const hdf5::Attribute attribute(
        H5Acreate2(file.id(), "step", H5T_STD_U64LE, hdf5::simple_space({1000}).id(), H5P_DEFAULT,
                   H5P_DEFAULT),
        "H5Acreate2");
  });
  read_sealed(path, [](const hdf5::File& file) {
    CHECK_THROWS_WITH_AS(hdf5::read_number(file.id(), "step"), "attribute 'step' is not one value",
                         hdf5::Failure);
    CHECK_THROWS_WITH_AS(hdf5::read_text(file.id(), "step"), "attribute 'step' is not one value",
                         hdf5::Failure);
  });
}

TEST_CASE("a variable larger than its file is refused before anything is allocated") {
  const TemporaryDirectory directory;
  const std::string path = directory / "f.h5";
  CHECK(error_of([&] { require_within(path, "w", {1}, 4); }) ==
        "6 " + path + ": 'w' claims 1 elements of 4 bytes, the file has 0 bytes");
  write_bytes(path, std::vector<char>(400));
  require_within(path, "w", {10, 10}, 4);
  require_within(path, "w", {0, 10}, 4);
  for (const std::vector<hsize_t>& extents : {std::vector<hsize_t>{101},
                                              {10, 11},
                                              {0, hsize_t{1} << 63},
                                              {hsize_t{1} << 32, hsize_t{1} << 32}})
    CHECK(error_of([&] { require_within(path, "w", extents, 4); }) != "");
}

TEST_CASE("no flipped bit of a sealed file goes unnoticed") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 250}, 1);
  const std::string path = rows_path(run, 0, 250);
  const std::vector<char> bytes = file_bytes(path);
  int accepted = 0;
  for (std::size_t i = 0; i < 500; ++i) {
    flip_bit(path, i * bytes.size() / 500);
    accepted += error_of([&] { read_rows_span(path); }).empty();
    write_bytes(path, bytes);
  }
  CHECK(accepted == 0);
}

TEST_CASE("lost rows are computed again where a checkpoint precedes them") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 750});
  flip_bit(rows_path(run, 1, 500), 1000);
  const std::vector<std::string> messages = resume_until(run, 1000);
  REQUIRE(messages.size() == 2);
  CHECK(messages[0].ends_with("; renamed to .corrupt"));
  CHECK(messages[1] == run + ": replica 1 goes on from step 250 instead of step 750");
  CHECK(wrong_tables(run, 1000).empty());
}

TEST_CASE("damaged wall-clock rows stop no resume (they did)") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 750}, 1);
  const std::string damaged = run + "/replica_000/timing/step_000000500.h5";
  flip_bit(damaged, 1000);
  const std::vector<std::string> messages = resume_until(run, 1000);
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].starts_with(damaged + " is damaged: "));
  CHECK(messages[0].ends_with("; renamed to .corrupt"));
  CHECK(wrong_tables(run, 1000, 1) == std::vector<std::string>{"replica_000/clock"});
}

TEST_CASE("lost rows that no checkpoint precedes are reported, the state is kept") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 1500}, 1);  // checkpoints 1000, 1250, 1500
  flip_bit(rows_path(run, 0, 250), 1000);
  CHECK(load_run(run).restored[0]->step == 1500);
  const std::vector<std::string> messages = resume_until(run, 2000);
  CHECK(messages ==
        std::vector<std::string>{
            run + ": replica 0 goes on from step 1500 without some of its metric rows, no "
                  "whole checkpoint precedes the lost ones"});
  const Table critic = example_info().replicas[0].tables[0];
  CHECK(rows_in(run + "/metrics.h5", "replica_000/critic", critic) ==
        example_rows(critic, 0, 250, 2000));
}

TEST_SUITE_END();

#include "io/run/run_directory.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <set>

#include "io/disk/sealed.h"
#include "io/images/png.h"
#include "io/run/rows_file.h"
#include "io/run/table.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

void write_run(const std::string& path, const ExamplePlan& plan, int replicas = 2) {
  const RunInfo info = example_info(replicas);
  RunDirectory run(path, info);
  write_example(run, info, plan);
  run.close();
}

std::string checkpoint_path(const std::string& run, int replica, Step step) {
  return run + "/" + replica_directory(replica) + "/checkpoints/" + step_name(step) + ".h5";
}

std::string rows_path(const std::string& run, int replica, Step step) {
  return run + "/" + replica_directory(replica) + "/rows/" + step_name(step) + ".h5";
}

}  // namespace

TEST_SUITE_BEGIN("io");

TEST_CASE("a run directory holds what a run leaves") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 1130, .commit_every = 250, .samples_every = 500});
  CHECK(wrong_tables(run, 1130).empty());

  CHECK(directory_entries(run) == std::vector<std::string>{"metrics.h5", "replica_000",
                                                           "replica_001", "run.h5", "run.lock",
                                                           "timing.h5"});
  CHECK(steps_in(run + "/replica_001/checkpoints") == std::vector<Step>{500, 750, 1000});
  CHECK(steps_in(run + "/replica_001/rows") == std::vector<Step>{250, 500, 750, 1000});
  CHECK(steps_in(run + "/replica_001/samples") == std::vector<Step>{500, 1000});
  const Pixels grid = read_png(run + "/replica_001/samples/step_000001000.png");
  CHECK(grid.width == 4 * 7 - 1);  // 10 tiles of 8 x 6 in 3 rows of 4
  CHECK(grid.height == 3 * 9 - 1);
  CHECK(grid.data[0] == 128);

  const RunIndex index = read_run_index(run);
  CHECK(index.info.graph == "thesis-28");
  CHECK(index.info.options == example_info().options);
  REQUIRE(index.info.replicas.size() == 2);
  CHECK(index.info.replicas[1].seed == 8);
  CHECK(index.info.replicas[1].program_hash == 0xfedcba9876543210u);
  CHECK(index.info.replicas[1].tables[2].columns()[1].unit == "nat");
  CHECK(index.run_id.size() == 36);
  CHECK(index.resumes == 0);

  // Every link of the index leads somewhere.
  const hdf5::File file = hdf5::open_file(run + "/run.h5");
  for (const char* link :
       {"metrics/replica_001/critic", "timing/replica_001/clock", "replica_001/metrics/critic",
        "replica_001/timing/clock", "replica_001/rows/step_000001000/critic",
        "replica_001/timing_rows/step_000001000/clock",
        "replica_001/checkpoints/step_000001000/variables/D/0/b",
        "replica_001/samples/step_000001000/images"})
    CHECK_NOTHROW(hdf5::open_dataset(file.id(), link));
}

TEST_CASE("rows files hold every committed row once and a commit only what it covers") {
  const TemporaryDirectory directory;
  const std::string path = directory / "run";
  const RunInfo info = example_info(1);
  const Table& critic = info.replicas[0].tables[0];
  RunDirectory run(path, info);
  run.rows(0, 0, example_rows(critic, 0, 0, 130));  // 30 rows ahead of the commit
  run.commit(0, ExampleState(0, 100).snapshot);
  run.rows(0, 0, example_rows(critic, 0, 130, 200));
  run.commit(0, ExampleState(0, 200).snapshot);
  run.rows(0, 2, example_rows(info.replicas[0].tables[2], 0, 100, 200));  // late
  run.commit(0, ExampleState(0, 200).snapshot);
  run.close();

  std::vector<std::byte> all, quality;
  for (const Step step : steps_in(path + "/replica_000/rows"))
    read_rows_file(rows_path(path, 0, step), {critic, info.replicas[0].tables[2]},
                   [&](std::size_t table, std::span<const std::byte> rows) {
                     auto& into = table == 0 ? all : quality;
                     into.insert(into.end(), rows.begin(), rows.end());
                   });
  CHECK(all == example_rows(critic, 0, 0, 200));
  CHECK(quality == example_rows(info.replicas[0].tables[2], 0, 100, 200));
  const RowsSpan span = read_rows_span(rows_path(path, 0, 200));
  CHECK(span.after == Step{100});
  CHECK(span.step == 200);
}

TEST_CASE("a checkpoint gives back its state bit for bit") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 500});
  const ExampleState expected(1, 500);
  const Checkpoint found = load_checkpoint(run, 1);
  CHECK(found.state.step == 500);
  CHECK(found.state.counters == expected.snapshot.counters);
  CHECK(found.replica == 1);
  CHECK(found.seed == 8);
  CHECK(found.program_hash == 0xfedcba9876543210u);
  REQUIRE(found.state.variables.size() == expected.snapshot.variables.size());
  for (const VariableView& v : expected.snapshot.variables) {
    INFO(v.name);
    REQUIRE(found.state.variables.count(v.name) == 1);
    CHECK(found.shapes.at(v.name) == v.shape);
    const std::vector<float>& data = found.state.variables.at(v.name);
    CHECK(std::equal(data.begin(), data.end(), v.data.begin(), v.data.end()));
  }
  CHECK(load_checkpoint(run, 0, 250).state.step == 250);
  CHECK(error_of([&] { load_checkpoint(run, 0, 300); }) ==
        "2 run " + run + " has no checkpoint of replica 0 at step 300: there are 250, 500");
  CHECK(error_of([&] { load_checkpoint(run, 2); }) ==
        "2 run " + run + " has replicas 0 to 1, not 2");
}

TEST_CASE("equal runs leave equal bytes in rows and checkpoints") {
  const TemporaryDirectory directory;
  write_run(directory / "a", {.end = 500});
  write_run(directory / "b", {.end = 500, .batch = 37});
  for (const Step step : {250, 500})
    for (const auto& path : {rows_path, checkpoint_path})
      CHECK(file_bytes(path(directory / "a", 1, step)) ==
            file_bytes(path(directory / "b", 1, step)));
}

TEST_CASE("a resumed run ends with the tables of an uninterrupted one") {
  const TemporaryDirectory directory;
  for (const Step stop : {130, 250, 700, 1130}) {
    INFO("stopped at ", stop);
    const std::string run = directory / std::to_string(stop);
    write_run(run, {.end = stop});
    const std::string id = read_run_index(run).run_id;
    CHECK(resume_until(run, 1130).empty());
    CHECK(wrong_tables(run, 1130).empty());
    CHECK(resume_until(run, 1130, 100).empty());  // and from its end, or what was committed of it
    CHECK(wrong_tables(run, 1130).empty());
    CHECK(read_run_index(run).run_id == id);
    CHECK(read_run_index(run).resumes == 2);
  }
}

TEST_CASE("resuming a finished run restores its end") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 500});
  const ResumeState state = load_run(run);
  REQUIRE(state.restored.size() == 2);
  CHECK(state.restored[1]->step == 500);
  CHECK(state.origin[1]->program_hash == 0xfedcba9876543210u);
  CHECK(state.origin[1]->seed == 8);
  CHECK(state.commits[1] == std::vector<Step>{250, 500});
  CHECK(state.messages.empty());
}

TEST_CASE("a run without a commit starts anew") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 100});
  CHECK(!load_run(run).restored[0]);
  CHECK(resume_until(run, 600).empty());
  CHECK(wrong_tables(run, 600).empty());
}

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

// Was: an option with such a name ended the process.
TEST_CASE("a name that is no UTF-8 can be an option") {
  const TemporaryDirectory directory;
  RunInfo info = example_info(1);
  info.options["data"] = "images:caf\xe9";
  { RunDirectory(directory / "run", info).close(); }
  CHECK(read_run_index(directory / "run").info.options.at("data") == "images:caf\xef\xbf\xbd");
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

TEST_CASE("a directory that holds a run is refused") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 100});
  CHECK(error_of([&] { RunDirectory(run, example_info()); }) ==
        "2 " + run + " already holds a run of 'thesis-28' begun at " + read_run_index(run).created +
            "; continue it with --resume or choose another --out");
  std::filesystem::remove(run + "/run.h5");
  CHECK(error_of([&] { RunDirectory(run, example_info()); }) ==
        "2 " + run +
            " holds metrics.h5 of a run whose run.h5 is missing; go on with it with --resume or "
            "choose another --out");
  CHECK(error_of([&] { load_run(directory.path()); }) ==
        "2 " + directory.path() + " holds no run: there is no run.h5 in it");
  CHECK(!exists(directory / "run.lock"));
  write_bytes(directory / "file", {});
  CHECK(error_of([&] {
          RunDirectory(directory / "file", example_info());
        }).starts_with("5 directory " + (directory / "file") + " cannot be created: "));
}

TEST_CASE("a second trainer is refused while the first one runs") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  {
    const RunDirectory first(run, example_info());
    const std::string expected = fmt::format(
        "4 run directory {} is in use by pid {} on host {}; wait until it ends or "
        "choose another --out",
        run, ::getpid(), first.index().host);
    CHECK(error_of([&] { RunDirectory(run, example_info()); }) == expected);
    CHECK(error_of([&] { load_run(run); }) == expected);
  }
  CHECK(error_of([&] { load_run(run); }).empty());
}

TEST_CASE("a run is resumed with the tables it was begun with") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 100});
  RunInfo other = example_info();
  Table& table = other.replicas[1].tables[1];
  std::vector<Column> columns = table.columns();
  columns.push_back({"more", ColumnType::float32, "1", ""});
  table = Table(table.name, table.description, columns, table.timing);
  const std::string expected =
      "2 run " + run +
      " has 2 replicas of 'thesis-28' with other tables than the 2 of this one; resume it with the "
      "options it was begun with";
  CHECK(error_of([&] { RunDirectory(load_run(run), other); }) == expected);
  CHECK(error_of([&] { RunDirectory(load_run(run), example_info()); }).empty());
}

TEST_CASE("a live run can be read") {
  const TemporaryDirectory directory;
  const std::string path = directory / "run";
  const RunInfo info = example_info();
  RunDirectory run(path, info);
  CHECK(wrong_tables(path, 0).empty());
  write_example(run, info, {.end = 300, .commit_every = 0});  // flushes
  CHECK(wrong_tables(path, 300).empty());
}

TEST_CASE("samples named by a path left the run directory") {
  const TemporaryDirectory directory;
  RunDirectory run(directory / "run", example_info());
  const std::vector<float> data(4, .5f);
  const auto said = [&](const std::string& name) {
    return error_of([&] { run.samples(0, {name, 1, 2, {2}, {1, 2, 1, 0, 1}, data}); });
  };
  for (const char* name : {"../../escaped", "a/b", "..", ".", "", ".hidden", "a\nb"})
    CHECK(said(name) == "2 samples '" + std::string(name) +
                            "' cannot be kept in a folder of that name; name them by letters, "
                            "digits and _");
  CHECK(said("checkpoints") ==
        "2 samples cannot be named 'checkpoints', a folder of the run directory; choose another "
        "name");
  CHECK(!exists(directory / "escaped"));
  CHECK(said("samples") == "");
  CHECK(exists(directory / "run/replica_000/samples/step_000000001.png"));
}

// Was: the first run went on writing into the directory of the second, with exit code 0.
TEST_CASE("a run whose directory is another run's by now writes nothing more") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run", moved = directory / "moved";
  const RunInfo info = example_info();
  auto first = std::make_unique<RunDirectory>(run, info);
  write_example(*first, info, {.end = 300, .commit_every = 100});
  std::filesystem::rename(run, moved);
  const std::vector<Step> before = steps_in(moved + "/replica_000/checkpoints");
  {
    RunDirectory second(run, info);
    second.close();
  }
  CHECK(error_of([&] { first->flush(); }) ==
        "4 run directory " + run +
            " is another run's by now: this run's was moved or removed; nothing more is written, "
            "and --resume goes on where it was moved to");
  CHECK(error_of([&] { first->close(); }).starts_with("4 "));
  CHECK(steps_in(moved + "/replica_000/checkpoints") == before);
  CHECK(steps_in(run + "/replica_000/checkpoints").empty());
  first.reset();
  CHECK(load_run(moved).restored.at(0).has_value());
}

// Was: the directory was made anew at the empty path, and rows were lost there.
TEST_CASE("a run directory that is away is waited for, and not made anew") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run", away = directory / "away";
  const RunInfo info = example_info();
  std::vector<std::string> said;
  const Grace grace{.seconds = 60, .say = [&](const std::string& text) {
                      said.push_back(text);
                      if (said.size() == 1) {
                        CHECK_FALSE(exists(run));
                        std::filesystem::rename(away, run);
                      }
                    }};
  RunDirectory output(run, info, {.grace = grace});
  std::filesystem::rename(run, away);
  write_example(output, info, {.end = 300, .commit_every = 100});
  output.close();
  REQUIRE(said.size() == 2);
  CHECK(said[0].find("run.lock cannot be written: No such file or directory") != std::string::npos);
  CHECK(said[1].starts_with("output goes on"));
  CHECK(wrong_tables(run, 300).empty());
}

// Was: empty, so that a resume began again at step 0 and put everything aside.
TEST_CASE("a directory that cannot be listed is not empty") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run, {.end = 300, .commit_every = 100});
  for (const char* folder : {"checkpoints", "rows"}) {
    const std::string path = run + "/replica_001/" + folder, aside = directory / "aside";
    std::filesystem::rename(path, aside);
    std::filesystem::create_symlink(folder, path);  // a link to itself: ELOOP, also for root
    CHECK(error_of([&] { load_run(run); }) ==
          "6 " + path + " cannot be read: Too many levels of symbolic links");
    std::filesystem::remove(path);
    std::filesystem::rename(aside, path);
  }
  CHECK(load_run(run).restored.at(1).has_value());
}

TEST_CASE("columns are identifiers in files; rows that have dots are still read") {
  const TemporaryDirectory directory;
  const std::string path = directory / "rows.h5";
  const Table table = example_info().replicas[0].tables[0];
  CHECK(field_name(table.columns()[2]) == "penalty_p05");
  std::vector<std::byte> rows(2 * table.row_bytes());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::byte>(i);
  for (const FieldNames names : {FieldNames::identifiers, FieldNames::dotted}) {
    const hdf5::Type type = row_type(table, names);
    write_sealed(path, [&](const hdf5::File& file) {
      const hdf5::Dataset dataset =
          hdf5::create_dataset(file.id(), table.name, type.id(), hdf5::simple_space({2}));
      write_rows(dataset, type, 0, rows);
    });
    std::vector<std::byte> read;
    read_rows_file(path, {table}, [&](std::size_t, std::span<const std::byte> block) {
      read.insert(read.end(), block.begin(), block.end());
    });
    CHECK(read == rows);
  }
}

TEST_SUITE_END();

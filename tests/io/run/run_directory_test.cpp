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

// Was: an option with such a name ended the process.
TEST_CASE("a name that is no UTF-8 can be an option") {
  const TemporaryDirectory directory;
  RunInfo info = example_info(1);
  info.options["data"] = "images:caf\xe9";
  { RunDirectory(directory / "run", info).close(); }
  CHECK(read_run_index(directory / "run").info.options.at("data") == "images:caf\xef\xbf\xbd");
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
    CHECK(said(name) == "2 samples '" + shown(name) +
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

TEST_CASE("why a replica failed is kept until a commit says that it goes on") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  const RunInfo info = example_info();
  const auto kept = [&] { return read_summary(run, info.replicas[1]).failure(); };
  {
    RunDirectory output(run, info);
    write_example(output, info, {.end = 200, .commit_every = 100});
    output.failed(1, "the loss is not finite");
    output.close();
  }
  CHECK(kept() == "the loss is not finite");
  CHECK(read_summary(run, info.replicas[0]).failure().empty());
  RunDirectory output(load_run(run), info);
  CHECK(kept() == "the loss is not finite");
  write_example(output, info, {.begin = 200, .end = 300, .commit_every = 100});
  output.close();
  CHECK(kept().empty());
}

// Was: what lay behind links that someone had put there was overwritten.
TEST_CASE("a run whose folders are links is not written to") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run", outside = directory / "outside";
  write_run(run, {.end = 300, .commit_every = 100});
  const std::string sentence =
      " is a link, which is not followed where something is written; put the directory itself "
      "there";
  for (const char* folder : {"replica_001", "replica_001/rows", "replica_000/checkpoints"}) {
    const std::string path = run + "/" + folder;
    std::filesystem::rename(path, outside);
    std::filesystem::create_symlink(outside, path);
    CHECK(error_of([&] { load_run(run); }) == "5 " + path + sentence);
    std::filesystem::remove(path);
    std::filesystem::rename(outside, path);
  }
  const std::string samples = run + "/replica_000/faces";
  std::filesystem::create_directory(outside);
  std::filesystem::create_directory_symlink(outside, samples);
  RunDirectory resumed(load_run(run), example_info());
  const std::vector<float> data(4, .5f);
  CHECK(error_of([&] {
          resumed.samples(0, {"faces", 400, 2, {2}, {1, 2, 1, 0, 1}, data});
        }) == "5 " + samples + sentence);
  CHECK(std::filesystem::is_empty(outside));
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

// Was: the tables of each replica stood in the configuration, 8 KB a replica.
TEST_CASE("replicas of equal tables have them once in the configuration") {
  RunInfo info = example_info(3);
  info.replicas[2].tables.pop_back();
  const RunInfo read = run_info_from(run_info_text(info));
  for (std::size_t r = 0; r < 3; ++r) {
    const std::vector<Table>&found = read.replicas[r].tables, &expected = info.replicas[r].tables;
    REQUIRE(found.size() == expected.size());
    for (std::size_t t = 0; t < found.size(); ++t)
      CHECK(layout_text(found[t]) == layout_text(expected[t]));
  }
  const std::size_t few = run_info_text(example_info(2)).size();
  CHECK(run_info_text(example_info(102)).size() < few + 100 * 400);
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

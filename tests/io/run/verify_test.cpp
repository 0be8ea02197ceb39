#include "io/run/verify.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "io/disk/child.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

void write_run(const std::string& path) {
  test::write_run(path, {.end = 750, .samples_every = 500}, 1);
}

// "file: text" of what is damaged.
std::vector<std::string> damages(const std::string& run) {
  std::vector<std::string> all;
  const int count = verify_run(run, [&](const FileVerdict& v) {
    if (v.kind == FileVerdict::Kind::damaged) all.push_back(v.file + ": " + v.text);
  });
  CHECK(count == static_cast<int>(all.size()));
  return all;
}

}  // namespace

TEST_SUITE_BEGIN("io");

TEST_CASE("a child gives back what it was asked, whatever happens to it") {
  const auto said = [](double seconds, const std::function<std::string()>& body) {
    const ChildOutcome outcome = in_child(seconds, body);
    return (outcome.ok ? "ok " : "no ") + outcome.text;
  };
  CHECK(said(60, [] { return std::string(100000, 'x'); }) == "ok " + std::string(100000, 'x'));
  CHECK(said(60, []() -> std::string { fail(Fault::input, "it is damaged"); }) ==
        "no it is damaged");
  CHECK(said(60, []() -> std::string {
          ::kill(::getpid(), SIGKILL), ::pause();
          return "";
        }) == "no reading it crashes the process (signal 9)");
  CHECK(said(60, []() -> std::string { ::_exit(0); }) ==
        "no reading it ends the process without a word");
  CHECK(said(0.05, []() -> std::string {
          for (;;) ::pause();
        }) == "no reading it takes longer than 0 s");
}

TEST_CASE("every file of a whole run is whole") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run);
  std::map<std::string, std::string> texts;
  verify_run(run, [&](const FileVerdict& v) {
    CHECK_MESSAGE(v.kind == FileVerdict::Kind::whole, v.file, ": ", v.text);
    texts[v.file] = v.text;
  });
  CHECK(texts.size() == 14);
  CHECK(texts["run.h5"] == "run of thesis-28, 1 replica, resumed 0 times");
  CHECK(texts["metrics.h5"] == "907 rows, 907 of them committed");  // 750 + 150 + 7
  CHECK(texts["timing.h5"] == "15 rows, 15 of them committed");
  CHECK(texts["replica_000/rows/step_000000500.h5"] == "rows after step 250");
  CHECK(texts["replica_000/checkpoints/step_000000500.h5"] == "checkpoint of 5 Variables");
  CHECK(texts["replica_000/samples/step_000000500.png"] == "picture of 27 x 26");
}

TEST_CASE("a live run is whole, too") {
  const TemporaryDirectory directory;
  const std::string path = directory / "run";
  const RunInfo info = example_info(1);
  RunDirectory run(path, info);
  write_example(run, info, {.end = 300});
  CHECK(damages(path).empty());
}

// Was: a checkpoint that the run pruned while its files were looked at was called damaged.
TEST_CASE("what a live run removes meanwhile is not missed") {
  const TemporaryDirectory directory;
  const std::string path = directory / "run";
  const RunInfo info = example_info(1);
  RunDirectory run(path, info);
  write_example(run, info, {.end = 500});
  bool removed = false;
  const auto prune = [&](const FileVerdict& v) {
    CHECK_MESSAGE(v.kind == FileVerdict::Kind::whole, v.file, ": ", v.text);
    removed =
        ::unlink((path + "/replica_000/checkpoints/step_000000250.h5").c_str()) == 0 || removed;
  };
  CHECK(verify_run(path, prune) == 0);
  CHECK(removed);
}

// Was: the run's end had promised a checkpoint that the resume pruned, so that it was "missing".
TEST_CASE("what a resume changes meanwhile is no damage") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run);
  int looked = 0;
  const int damaged = verify_run(run, [&](const FileVerdict& v) {
    CHECK_MESSAGE(v.kind == FileVerdict::Kind::whole, v.file, ": ", v.text);
    if (looked++ == 0) CHECK(resume_until(run, 2000).empty());
  });
  CHECK(damaged == 0);
  CHECK(looked > 5);
  CHECK_FALSE(exists(run + "/replica_000/checkpoints/step_000000250.h5"));
}

// Was: "DAMAGED ... cannot be read: Permission denied", and a folder that could not be listed was
// passed over: 0 damaged.
TEST_CASE("what may not be read is not damaged") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run);
  namespace fs = std::filesystem;
  fs::permissions(directory.path(), fs::perms::all);
  const fs::perms all = fs::perms::owner_all;
  fs::permissions(run + "/replica_000/checkpoints/step_000000500.h5", fs::perms::none);
  fs::permissions(run + "/replica_000/samples", fs::perms::none);
  const ChildOutcome outcome = in_child(120, [&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) return std::string("still root");
    std::string text;
    const int damaged = verify_run(run, [&](const FileVerdict& v) {
      if (v.kind == FileVerdict::Kind::unreadable) text += v.file + "\n";
    });
    return text + std::to_string(damaged);
  });
  fs::permissions(run + "/replica_000/samples", all);
  fs::permissions(run + "/replica_000/checkpoints/step_000000500.h5", all);
  CHECK(outcome.text ==
        "replica_000/samples/\nreplica_000/checkpoints/step_000000500.h5\n"
        "replica_000/samples/step_000000500.h5\nreplica_000/samples/step_000000500.png\n0");
  CHECK(damages(run).empty());
}

// Was: a run that had lost files was whole.
TEST_CASE("of a closed run every file is missed") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run);
  for (const char* file :
       {"run.h5", "timing.h5", "replica_000/checkpoints/step_000000750.h5",
        "replica_000/rows/step_000000750.h5", "replica_000/samples/step_000000500.png"}) {
    CAPTURE(file);
    std::filesystem::rename(run + "/" + file, directory / "away");
    const std::vector<std::string> found = damages(run);
    REQUIRE(!found.empty());
    CHECK(std::find_if(found.begin(), found.end(), [&](const std::string& text) {
            return text.starts_with(file + std::string(": missing"));
          }) != found.end());
    std::filesystem::rename(directory / "away", run + "/" + file);
  }
  CHECK(damages(run).empty());
}

TEST_CASE("damage is named, file by file") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run);
  SUBCASE("missing live file") {
    ::unlink((run + "/metrics.h5").c_str());
    CHECK(damages(run) == std::vector<std::string>{
                              "metrics.h5: missing; --resume makes it again from the rows files"});
  }
  SUBCASE("missing rows") {
    ::unlink((run + "/replica_000/rows/step_000000500.h5").c_str());
    const auto found = damages(run);
    REQUIRE(found.size() == 3);
    CHECK(found[0].starts_with("metrics.h5: table 'replica_000/critic': rows 250 to "));
    CHECK(found[1] == "replica_000/rows/step_000000500.h5: missing");
    CHECK(found[2] == "replica_000/rows: the rows between step 250 and step 500 are missing");
  }
  SUBCASE("a value of the live file that was committed otherwise") {
    const std::vector<char> bytes = file_bytes(run + "/metrics.h5");
    const Table critic = example_info().replicas[0].tables[0];
    const std::vector<std::byte> row = example_rows(critic, 0, 499, 500);
    const auto* begin = reinterpret_cast<const char*>(row.data());
    const auto at = std::search(bytes.begin(), bytes.end(), begin, begin + row.size());
    REQUIRE(at != bytes.end());
    flip_bit(run + "/metrics.h5", static_cast<std::size_t>(at - bytes.begin()) + 13);
    CHECK(damages(run) ==
          std::vector<std::string>{"metrics.h5: table 'replica_000/critic': rows 250 to 499 are "
                                   "not those that were committed"});
  }
  SUBCASE("nothing but zeros") {
    write_bytes(run + "/metrics.h5", std::vector<char>(10000));
    CHECK(damages(run).size() == 1);
  }
  SUBCASE("samples, a picture, the index") {
    for (const char* file : {"/replica_000/samples/step_000000500.h5",
                             "/replica_000/samples/step_000000500.png", "/run.h5"})
      flip_bit(run + file, 700 < file_bytes(run + file).size() ? 700 : 60);
    CHECK(damages(run).size() == 3);
  }
  SUBCASE("a checkpoint under another's name") {
    const std::string folder = run + "/replica_000/checkpoints/";
    std::filesystem::rename(folder + "step_000000250.h5", folder + "step_000000300.h5");
    CHECK(damages(run) ==
          std::vector<std::string>{"replica_000/checkpoints/step_000000250.h5: missing",
                                   "replica_000/checkpoints/step_000000300.h5: " + folder +
                                       "step_000000300.h5 is of step 250, its name says 300"});
  }
}

// It stayed, unused, and every later verify named it again.
TEST_CASE("a damaged checkpoint that a resume does not need is put aside by it, too") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run);
  const std::string older = "replica_000/checkpoints/step_000000250.h5";
  flip_bit(run + "/" + older, 5000);
  CHECK(damages(run).size() == 1);
  const std::vector<std::string> messages = resume_until(run, 1000);
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].starts_with(run + "/" + older + " is damaged: "));
  CHECK(messages[0].ends_with("; renamed to .corrupt"));
  CHECK(damages(run).empty());
  CHECK(exists(run + "/" + older + ".corrupt"));
}

TEST_CASE("what was put aside is not damage, and no run is no verdict") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  write_run(run);
  flip_bit(run + "/replica_000/checkpoints/step_000000750.h5", 5000);
  CHECK(damages(run).size() == 1);
  resume_until(run, 1000);
  CHECK(damages(run).empty());
  CHECK(error_of([&] { damages(directory / "none"); }) ==
        "2 " + (directory / "none") + " holds no run: there is no run.h5 in it");
}

TEST_SUITE_END();

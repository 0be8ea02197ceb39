// A run that several processes write, here objects of one: each a part of its own.
#include "io/run/shared_run.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "io/run/run_directory.h"
#include "io/run/verify.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// The part of a replica, as a process would have it that trains this one only.
class Part final : public Sink {
 public:
  Part(const std::string& run, int replica) : replica_(replica) {
    one_.replicas = {example_info().replicas[static_cast<std::size_t>(replica)]};
    ResumeState state = load_part(run, one_);
    if (state.restored[0]) begin_ = state.restored[0]->step;
    directory_ =
        std::make_unique<RunDirectory>(std::move(state), one_, RunDirectoryOptions{.part = true});
  }
  void write_until(Step end, Step commit_every = 250) {
    write_example(*this, one_, {.begin = begin_, .end = end, .commit_every = commit_every});
    begin_ = end;
  }
  Step begin() const { return begin_; }
  void close() { directory_->close(); }

  void rows(int replica, int table, std::span<const std::byte> rows) override {
    REQUIRE(replica == replica_);
    directory_->rows(0, table, rows);
  }
  void commit(int, const Snapshot& snapshot) override { directory_->commit(0, snapshot); }
  void samples(int, const Samples& samples) override { directory_->samples(0, samples); }
  void flush() override { directory_->flush(); }
  void failed(int, const std::string& why) override { directory_->failed(0, why); }

 private:
  int replica_;
  RunInfo one_ = example_info();
  Step begin_ = 0;
  std::unique_ptr<RunDirectory> directory_;
};

// "damaged run.h5: ..." of every file that is not whole.
std::vector<std::string> complaints(const std::string& run) {
  std::vector<std::string> found;
  verify_run(run, [&](const FileVerdict& verdict) {
    if (verdict.kind != FileVerdict::Kind::whole)
      found.push_back(verdict.file + ": " + verdict.text);
  });
  return found;
}

}  // namespace

TEST_SUITE_BEGIN("io");

TEST_CASE("parts of a run are read through its links, and at its end it is as if one had written") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run", whole = directory / "whole";
  SharedRun shared(run, example_info(), {});
  CHECK(complaints(run).empty());  // nobody has begun
  Part one(run, 1), zero(run, 0);
  one.write_until(1000);
  zero.write_until(500);
  zero.write_until(1000);
  CHECK(wrong_tables(run, 1000).empty());  // live
  CHECK(complaints(run).empty());
  one.close();
  CHECK(wrong_tables(run, 1000).empty());  // one closed, one live
  zero.close();
  shared.close();
  CHECK(wrong_tables(run, 1000).empty());
  CHECK(complaints(run).empty());

  write_run(whole, {});
  CHECK(directory_entries(run) == directory_entries(whole));
  for (const char* replica : {"/replica_000", "/replica_001"})
    CHECK(directory_entries(run + replica) == directory_entries(whole + replica));
  for (const std::string& file : read_run_index(whole).files)
    CHECK(file_bytes(run + "/" + file) == file_bytes(whole + "/" + file));
  CHECK(read_run_index(run).files == read_run_index(whole).files);
  CHECK(read_run_index(run).resumes == 0);
}

TEST_CASE("a run whose parts were killed goes on in other parts, or in one process") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  {
    SharedRun shared(run, example_info(), {});
    Part zero(run, 0), one(run, 1);
    zero.write_until(300);
    one.write_until(600);
  }  // what was flushed is there, as closing a file is no part of the promise
  {
    ResumeState state = load_run(run);
    CHECK(state.restored[0]->step == 250);
    CHECK(state.restored[1]->step == 500);
    SharedRun shared(std::move(state), example_info(), {});
    Part one(run, 1);
    CHECK(one.begin() == 500);
    one.write_until(750);
  }
  CHECK(resume_until(run, 1000).empty());
  CHECK(wrong_tables(run, 1000).empty());
  CHECK(complaints(run).empty());
  CHECK_FALSE(exists(run + "/replica_001/metrics.h5"));
  CHECK(read_run_index(run).resumes == 2);
}

TEST_CASE("a run is in use until the last of its processes is gone") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  const std::string busy =
      "4 run directory " + run + " is in use by pid " + std::to_string(::getpid()) + " on host ";
  auto shared = std::make_unique<SharedRun>(run, example_info(), Grace{});
  auto part = std::make_unique<Part>(run, 0);
  CHECK(error_of([&] { load_run(run); }).starts_with(busy));
  shared.reset();
  CHECK(error_of([&] { load_run(run); }).starts_with(busy));
  part.reset();
  CHECK_NOTHROW(load_run(run));
  {
    const RunLock whole(run);
    CHECK(error_of([&] { RunLock::join(run); }).starts_with(busy));
  }
}

// Was possible: `verify` took a live file of a part for a sealed one.
TEST_CASE("verify compares the live file of a part with what was committed of it") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  SharedRun shared(run, example_info(), {});
  Part one(run, 1);
  one.write_until(500);
  one.close();
  const std::string file = "replica_001/metrics.h5";
  std::vector<char> bytes = file_bytes(run + "/" + file);
  const RunInfo info = example_info();
  const Table& critic = info.replicas[1].tables[0];
  const std::vector<std::byte> row = example_rows(critic, 1, 99, 100);
  const auto* first = reinterpret_cast<const char*>(row.data());
  const auto at = std::search(bytes.begin(), bytes.end(), first, first + row.size());
  REQUIRE(at != bytes.end());
  flip_bit(run + "/" + file, static_cast<std::size_t>(at - bytes.begin()) + 13);
  const std::vector<std::string> found = complaints(run);
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with(file + ": table 'replica_001/critic': rows 0 to "));
}

TEST_SUITE_END();

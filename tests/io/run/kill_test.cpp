// What SIGKILL and a full disk leave. The process that suffers is this test binary again, running
// one skipped case.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "io/disk/child.h"
#include "io/run/checkpoint.h"
#include "io/run/verify.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr Step kBatch = 7, kCommit = 63;

// A child process running the case `name` on `run`; it sends the step of every flush through a
// pipe.
class Child {
 public:
  Child(const std::string& name, const std::string& run) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      ::close(ends[0]);
      ::setenv("GANFLOW_CHILD_RUN", run.c_str(), 1);
      ::setenv("GANFLOW_CHILD_ACKS", std::to_string(ends[1]).c_str(), 1);
      ::execl("/proc/self/exe", "ganflow_tests", "--no-skip", ("-tc=" + name).c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    acks_ = ends[0];
  }
  ~Child() { ::close(acks_); }

  // Waits for the next flush; false when the child has ended.
  bool next() { return ::read(acks_, &acked_, sizeof acked_) == sizeof acked_; }
  Step acked() const { return acked_; }
  void kill() const { ::kill(pid_, SIGKILL); }
  int wait() {
    while (next()) {
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    return status;
  }

 private:
  pid_t pid_ = 0;
  int acks_ = 0;
  Step acked_ = 0;
};

// In the child: what it was told.
struct Orders {
  const char* run = std::getenv("GANFLOW_CHILD_RUN");
  const char* acks = std::getenv("GANFLOW_CHILD_ACKS");
  explicit operator bool() const { return run && acks; }
};

// Goes on with the run or begins it, a flush and an acknowledgement every kBatch steps.
void write_until_stopped(const Orders& orders, Step commit_every,
                         std::unique_ptr<RunDirectory>& sink) {
  const RunInfo info = example_info(1);
  Step step = 0;
  if (exists(std::string(orders.run) + "/run.h5")) {
    ResumeState state = load_run(orders.run);
    if (state.restored[0]) step = state.restored[0]->step;
    sink = std::make_unique<RunDirectory>(std::move(state), info);
  } else {
    sink = std::make_unique<RunDirectory>(orders.run, info);
  }
  for (; step < 1000000; step += kBatch) {
    write_example(
        *sink, info,
        {.begin = step, .end = step + kBatch, .batch = kBatch, .commit_every = commit_every});
    const Step acked = step + kBatch;
    if (::write(std::atoi(orders.acks), &acked, sizeof acked) != sizeof acked) return;
  }
}

// Checks that the critic's table begins with the rows of steps 1 to `acked` at least and holds
// nothing wrong. Rows that were never written have step -1.
void check_flushed(const std::string& run, Step acked) {
  const Table critic = example_info().replicas[0].tables[0];
  std::vector<std::byte> rows = rows_in(run + "/metrics.h5", "replica_000/critic", critic);
  std::size_t count = critic.count(rows);
  while (count > 0 && critic.row(rows, count - 1).step() < 0) --count;
  CHECK(count >= acked);
  rows.resize(count * critic.row_bytes());
  CHECK(rows == example_rows(critic, 0, 0, count));
}

}  // namespace

TEST_SUITE_BEGIN("io");

TEST_CASE("io child: writes rows until it is killed" * doctest::skip()) {
  std::unique_ptr<RunDirectory> sink;
  if (const Orders orders; orders) write_until_stopped(orders, kCommit, sink);
}

TEST_CASE("kill -9 loses no flushed row, and resume makes the tables whole") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  Step resumed = 0;
  for (const int flushes : {1, 4, 9, 30, 17, 2}) {
    Child child("io child: writes rows until it is killed", run);
    for (int n = 0; n < flushes; ++n) REQUIRE(child.next());
    child.kill();
    CHECK(WIFSIGNALED(child.wait()));
    INFO("killed after ", flushes, " flushes, at step ", child.acked());
    CHECK(child.acked() >= resumed + static_cast<Step>(flushes) * kBatch);
    check_flushed(run, child.acked());

    const ResumeState state = load_run(run);
    CHECK(state.messages.empty());
    resumed = state.restored[0] ? state.restored[0]->step : 0;
    CHECK(resumed + kCommit >= child.acked());  // the last commit, or the one being made
  }
  const Step end = (resumed / 100 + 1) * 100;
  CHECK(resume_until(run, end, kCommit).empty());
  CHECK(wrong_tables(run, end, 1).empty());
}

TEST_CASE("io child: fills its disk" * doctest::skip()) {
  const Orders orders;
  if (!orders) return;
  ::signal(SIGXFSZ, SIG_IGN);  // so that a write beyond the limit fails with EFBIG
  const rlimit limit{100000, 100000};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
  std::unique_ptr<RunDirectory> sink;
  const bool commit = std::getenv("GANFLOW_CHILD_COMMITS") != nullptr;
  const std::string error =
      error_of([&] { write_until_stopped(orders, commit ? kCommit : 0, sink); });
  const std::string file = commit ? "replica_000/checkpoints/step_000000063.h5" : "metrics.h5";
  const std::string begin =
      fmt::format("5 {}/{} cannot be written: File too large (", orders.run, file);
  CHECK(error.substr(0, begin.size()) == begin);
  CHECK(error.ends_with("); raise the limit of a file's size (ulimit -f) or choose another --out"));
  sink.reset();
}

TEST_CASE("a full disk is an error, not a crash, and costs nothing that was flushed") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  SUBCASE("while a checkpoint is written") { ::setenv("GANFLOW_CHILD_COMMITS", "1", 1); }
  SUBCASE("while rows are flushed") { ::unsetenv("GANFLOW_CHILD_COMMITS"); }
  Child child("io child: fills its disk", run);
  const int status = child.wait();
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(child.acked() >= 56);
  check_flushed(run, child.acked());
  CHECK(resume_until(run, 100).empty());
  CHECK(wrong_tables(run, 100, 1).empty());
}

// The library went on where there was room, and recorded rows that it had found none for.
TEST_CASE("wherever a file finds no room, what was flushed is read and verified") {
  constexpr Step kMany = 1000;  // 20 kB of rows between flushes
  const RunInfo info = example_info(1);
  Step most = 0;
  for (rlim_t room = 30000; room < 400000; room += 19999) {
    CAPTURE(room);
    const TemporaryDirectory directory;
    const std::string run = directory / "run";
    const ChildOutcome acked = in_child(60, [&] {
      ::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{room, room};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      RunDirectory sink(run, info);
      for (Step step = 0;; step += kMany) {
        const ExamplePlan plan{
            .begin = step, .end = step + kMany, .batch = kMany, .commit_every = kMany, .width = 2};
        if (!error_of([&] { write_example(sink, info, plan); }).empty())
          return std::to_string(step);
      }
    });
    REQUIRE(acked.ok);
    const Step flushed = std::stoul(acked.text);
    most = std::max(most, flushed);
    if (!exists(run + "/metrics.h5")) continue;
    check_flushed(run, flushed);
    verify_run(run, [](const FileVerdict& file) {
      INFO(file.file, ": ", file.text);
      CHECK(file.kind != FileVerdict::Kind::damaged);
    });
  }
  CHECK(most > 5 * kMany);
}

// Was: each attempt cost a descriptor, and after a long grace there was none left to go on with.
TEST_CASE("output that fails costs no descriptor") {
  const TemporaryDirectory directory;
  const RunInfo info = example_info(1);
  const ChildOutcome outcome = in_child(60, [&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100000, 100000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const ExampleState state(0, 10);
    std::set<std::size_t> open;
    for (int i = 0; i < 20; ++i) {
      if (error_of([&] {
            write_checkpoint(directory / "c.h5", info.replicas[0], state.snapshot);
          }).empty())
        return std::string("written");
      open.insert(directory_entries("/proc/self/fd").size());
    }
    return fmt::format("{} counts", open.size());
  });
  CHECK(outcome.text == "1 counts");
  CHECK(directory_entries(directory.path()).empty());
}

TEST_CASE("io child: fills its disk for a while" * doctest::skip()) {
  const Orders orders;
  if (!orders) return;
  ::signal(SIGXFSZ, SIG_IGN);
  const rlimit none{RLIM_INFINITY, RLIM_INFINITY}, full{100000, RLIM_INFINITY};
  int failures = 0;
  // Room is made when the second kind of file has failed.
  const Grace grace{.seconds = 60, .say = [&](const std::string& text) {
                      if (text.find("cannot be written: File too large") == std::string::npos)
                        return;
                      ++failures;
                      ::setrlimit(RLIMIT_FSIZE, &none);
                    }};
  const RunInfo info = example_info();
  RunDirectory run(orders.run, info, {.grace = grace});
  for (const Step begin : {0, 1000, 2000}) {
    ::setrlimit(RLIMIT_FSIZE, &full);
    write_example(run, info, {.begin = begin, .end = begin + 1000, .commit_every = begin});
  }
  run.close();
  CHECK(failures >= 2);
}

TEST_CASE("a disk that was full for a while costs nothing") {
  const TemporaryDirectory directory;
  const std::string run = directory / "run";
  Child child("io child: fills its disk for a while", run);
  const int status = child.wait();
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(wrong_tables(run, 3000).empty());
  CHECK(verify_run(run, [](const FileVerdict&) {}) == 0);
  CHECK(resume_until(run, 3500).empty());
  CHECK(wrong_tables(run, 3500).empty());
}

TEST_CASE("io child: leaves a run and shows it while it is live" * doctest::skip()) {
  const char* path = std::getenv("GANFLOW_CHILD_RUN");
  if (!path) return;
  const RunInfo info = example_info();
  RunDirectory sink(path, info);
  write_example(sink, info, {.end = 500, .commit_every = 0});
  REQUIRE(::write(STDOUT_FILENO, "live\n", 5) == 5);
  char go = 0;
  REQUIRE(::read(STDIN_FILENO, &go, 1) == 1);
  write_example(sink, info, {.begin = 500, .end = 1130, .commit_every = 250, .samples_every = 500});
  sink.close();
}

TEST_SUITE_END();

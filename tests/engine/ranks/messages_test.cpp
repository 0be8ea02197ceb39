// What carries messages between processes: bytes, a socket to a child, and where a process stands.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "engine/error.h"
#include "engine/ranks/bytes.h"
#include "engine/ranks/channel.h"
#include "support/run_example.h"

// As in a build without MPI, beside the one with it.
#define join_ranks join_without_mpi
#define join_together join_together_without_mpi
#include "engine/ranks/none/ranks.cpp"
#undef join_ranks
#undef join_together

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Everything {
  int number = 0;
  double real = 0;
  std::string text;
  std::vector<std::pair<std::string, double>> list;
  std::map<std::string, std::map<std::string, double>> maps;
  template <class A>
  void members(A& a) {
    a(number, real, text, list, maps);
  }
  bool operator==(const Everything&) const = default;
};

}  // namespace

TEST_SUITE_BEGIN("ranks");

TEST_CASE("values come back from their bytes, to the last bit") {
  const Everything sent{.number = -3,
                        .real = std::nextafter(0.1, 1),
                        .text = std::string("a\0b", 3),
                        .list = {{"x", std::numeric_limits<double>::infinity()}, {"", -0.0}},
                        .maps = {{"quality", {{"kl", 5e-324}}}, {"none", {}}}};
  const std::string bytes = packed(sent);
  Everything read;
  ByteReader reader(bytes);
  reader(read);
  CHECK(read == sent);
  CHECK(std::signbit(read.list[1].second));
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    Everything part;
    ByteReader early(std::string_view(bytes).substr(0, n));
    CHECK_THROWS_AS(early(part), Error);
  }
}

TEST_CASE("messages cross a channel whole and in order; its end is noticed behind the last") {
  auto [parent, child] = Channel::make();
  const std::string large(1 << 20, 'x');  // more than a socket holds
  const pid_t pid = ::fork();
  if (pid == 0) {
    parent.close();
    for (const std::string& text : {std::string("one"), std::string(), large}) child.send(text);
    ::_exit(3);
  }
  child.close();
  std::vector<std::string> received;
  while (!parent.ended())
    if (const auto message = parent.receive(1000)) received.push_back(*message);
  CHECK(received == std::vector<std::string>{"one", "", large});
  int status = 0;
  ::waitpid(pid, &status, 0);
  CHECK(ending(status) == "ended with exit code 3");
  parent.send("to nobody");  // no signal, no error
  CHECK(ending(9) == "was ended by signal 9 (Killed)");
}

TEST_CASE("whoever waits for a message can be woken by another thread") {
  auto [one, other] = Channel::make();
  other.wake();
  CHECK_FALSE(other.receive(60'000));  // at once
  one.send("words");
  other.wake();
  CHECK(other.receive(60'000) == "words");
  CHECK_FALSE(other.ended());
}

TEST_CASE("where a process stands is what its launcher says") {
  const auto clear = [] {
    for (const char* name :
         {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK",
          "OMPI_COMM_WORLD_LOCAL_SIZE", "PMIX_RANK", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID",
          "SLURM_STEP_TASKS_PER_NODE"})
      ::unsetenv(name);
  };
  clear();
  CHECK(launch().size == 1);
  ::setenv("SLURM_STEP_NUM_TASKS", "8", 1);  // of a batch script, not of this process
  CHECK(launch().size == 1);
  ::setenv("PMIX_RANK", "5", 1);
  ::setenv("SLURM_LOCALID", "1", 1);
  ::setenv("SLURM_STEP_TASKS_PER_NODE", "4(x2)", 1);
  const Launch slurm = launch();
  CHECK(slurm.rank == 5);
  CHECK(slurm.size == 8);
  CHECK(slurm.local_rank == 1);
  CHECK(slurm.local_size == 4);
  ::setenv("OMPI_COMM_WORLD_RANK", "2", 1);
  ::setenv("OMPI_COMM_WORLD_SIZE", "3", 1);
  CHECK(launch().rank == 2);
  CHECK(launch().size == 3);
  clear();
  CHECK(cores_of({.local_size = 1 << 20}) == 1);
}

TEST_CASE("a build without MPI says so where it was started as several processes") {
  CHECK(error_of([] { join_without_mpi({.rank = 1, .size = 3}); }) ==
        "2 it was started as 3 processes, and this build has no MPI by which they could share the "
        "work; install libopenmpi-dev and build again, or start one process");
}

TEST_SUITE_END();

#include "engine/ranks/ranks.h"

// The C interface alone: the C++ one, which is gone from the standard, would be linked to.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <list>

#include "engine/error.h"
#include "engine/ranks/together.h"

namespace ganflow {
namespace {

constexpr int kTag = 1, kGather = 2, kEnd = 3;

void check(int result, const char* call) {
  if (result == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(result, text, &length);
  fail(Fault::usage, "MPI cannot go on: {} ({})", text, call);
}

// `level`: which threads will make calls.
void begin_mpi(const Launch& launch, int level) {
  // Its threads take no signals: those of a run are taken by one thread that waits for them.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  int provided = 0;
  const int started = MPI_Init_thread(nullptr, nullptr, level, &provided);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  check(started, "MPI_Init_thread");
  if (provided < level)
    fail(Fault::usage, "this MPI takes no calls from several threads (level {}, it has {})", level,
         provided);
  // A rank that is gone is no reason to end the others.
  check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  int size = 0;
  check(MPI_Comm_size(MPI_COMM_WORLD, &size), "MPI_Comm_size");
  if (size != launch.size)
    fail(Fault::usage,
         "the launcher started {} processes and MPI knows of {}; start them by the mpirun of the "
         "MPI that ganflow was built with, or by srun --mpi=pmix",
         launch.size, size);
}

// Whoever waits for the others at the end is not kept by one that does not come.
void limit_leaving() {
  struct sigaction late {};
  late.sa_handler = [](int) { ::_exit(Ranks::kLeftAlone); };
  sigaction(SIGALRM, &late, nullptr);
  ::alarm(Ranks::kLeave);
}

class MpiRanks final : public Ranks {
 public:
  explicit MpiRanks(const Launch& launch) { begin_mpi(launch, MPI_THREAD_FUNNELED); }

  void send(int to, std::string bytes) override {
    forget_those_that_went();
    Outgoing& next = outgoing_.emplace_back(Outgoing{std::move(bytes), MPI_REQUEST_NULL});
    // An error is that of a rank that is gone, which others notice by its silence.
    MPI_Isend(next.bytes.data(), static_cast<int>(next.bytes.size()), MPI_BYTE, to, kTag,
              MPI_COMM_WORLD, &next.request);
  }

  std::optional<Message> receive() override {
    forget_those_that_went();
    int there = 0;
    MPI_Message handle;
    MPI_Status status;
    if (MPI_Improbe(MPI_ANY_SOURCE, kTag, MPI_COMM_WORLD, &there, &handle, &status) !=
            MPI_SUCCESS ||
        there == 0)
      return std::nullopt;
    int bytes = 0;
    check(MPI_Get_count(&status, MPI_BYTE, &bytes), "MPI_Get_count");
    Message message{status.MPI_SOURCE, std::string(static_cast<std::size_t>(bytes), '\0')};
    if (MPI_Mrecv(message.bytes.data(), bytes, MPI_BYTE, &handle, &status) != MPI_SUCCESS)
      return std::nullopt;
    return message;
  }

  void leave(bool with_every_rank) override {
    if (!with_every_rank) return;  // MPI_Finalize would wait for the one that is gone
    limit_leaving();
    for (Outgoing& sent : outgoing_) MPI_Wait(&sent.request, MPI_STATUS_IGNORE);
    MPI_Finalize();
    ::alarm(0);
  }

 private:
  struct Outgoing {
    std::string bytes;
    MPI_Request request;
  };

  void forget_those_that_went() {
    std::erase_if(outgoing_, [](Outgoing& sent) {
      int went = 0;
      return MPI_Test(&sent.request, &went, MPI_STATUS_IGNORE) == MPI_SUCCESS && went != 0;
    });
  }

  std::list<Outgoing> outgoing_;  // MPI reads their bytes where they are
};

class MpiTogether final : public Together {
 public:
  MpiTogether(const Launch& launch, const std::atomic<bool>& stop)
      : rank_(launch.rank), size_(launch.size), stop_(stop) {
    begin_mpi(launch, MPI_THREAD_SERIALIZED);
    requests_.reserve(std::size_t{64} * static_cast<std::size_t>(size_));
  }
  int rank() const override { return rank_; }
  int size() const override { return size_; }
  const std::atomic<bool>& stopping() const override { return stopping_; }
  double waited() const override { return waited_; }

  void gather(std::byte* regions, std::size_t bytes) noexcept override {
    const auto begin = std::chrono::steady_clock::now();
    const auto region = [&](int rank) { return regions + static_cast<std::size_t>(rank) * bytes; };
    region(rank_)[0] = static_cast<std::byte>(stop_.load() ? 1 : 0);
    requests_.clear();
    for (int far = 1; far < size_; ++far) {
      const int other = rank_ ^ far;  // a power of two of ranks: pairs
      for (std::size_t at = 0; at < bytes; at += kMost) {
        const int count = static_cast<int>(std::min(kMost, bytes - at));
        MPI_Irecv(region(other) + at, count, MPI_BYTE, other, kGather, MPI_COMM_WORLD, &next());
        MPI_Isend(region(rank_) + at, count, MPI_BYTE, other, kGather, MPI_COMM_WORLD, &next());
      }
    }
    for (int done = 0, polls = 0; done == 0;) {
      if (MPI_Testall(static_cast<int>(requests_.size()), requests_.data(), &done,
                      MPI_STATUSES_IGNORE) != MPI_SUCCESS)
        gone("is gone");
      if (done != 0) break;
      sched_yield();
      if (++polls % 1000 != 0) continue;
      if (polls % 100000 == 0) polls = 0;
      look_for_those_that_left();
      if (seconds_since(begin) > kSilence) gone("has said nothing for 600 s");
    }
    bool stop = false;
    for (int rank = 0; rank < size_; ++rank) stop |= region(rank)[0] != std::byte{0};
    if (stop) stopping_ = true;
    waited_ = waited_ + seconds_since(begin);
  }

  std::vector<std::string> share(const std::string& bytes) override {
    const auto own = static_cast<std::uint64_t>(bytes.size());
    std::vector<std::uint64_t> sizes(static_cast<std::size_t>(size_));
    check(MPI_Allgather(&own, 1, MPI_UINT64_T, sizes.data(), 1, MPI_UINT64_T, MPI_COMM_WORLD),
          "MPI_Allgather");
    std::vector<std::string> all;
    for (int rank = 0; rank < size_; ++rank) {
      std::string text = rank == rank_ ? bytes : std::string();
      text.resize(sizes[static_cast<std::size_t>(rank)]);
      for (std::size_t at = 0; at < text.size(); at += kMost)
        check(MPI_Bcast(text.data() + at, static_cast<int>(std::min(kMost, text.size() - at)),
                        MPI_BYTE, rank, MPI_COMM_WORLD),
              "MPI_Bcast");
      all.push_back(std::move(text));
    }
    return all;
  }

  [[noreturn]] void give_up(int exit_code) override {
    std::fflush(nullptr);
    MPI_Abort(MPI_COMM_WORLD, exit_code);
    ::_exit(exit_code);
  }

  void leave() override {
    limit_leaving();
    std::vector<MPI_Request> went;
    for (int other = 0; other < size_; ++other)
      if (other != rank_)
        MPI_Isend(nullptr, 0, MPI_BYTE, other, kEnd, MPI_COMM_WORLD, &went.emplace_back());
    for (int other = 0; other < size_; ++other)
      if (other != rank_)
        MPI_Recv(nullptr, 0, MPI_BYTE, other, kEnd, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Waitall(static_cast<int>(went.size()), went.data(), MPI_STATUSES_IGNORE);
    MPI_Finalize();
    ::alarm(0);
  }

 private:
  static constexpr std::size_t kMost = std::size_t{1} << 30;  // bytes of a message
  static double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
  MPI_Request& next() { return requests_.emplace_back(MPI_REQUEST_NULL); }
  void look_for_those_that_left() {
    int there = 0;
    if (MPI_Iprobe(MPI_ANY_SOURCE, kEnd, MPI_COMM_WORLD, &there, MPI_STATUS_IGNORE) != MPI_SUCCESS)
      gone("is gone");
    if (there != 0) gone("has ended its part");
  }
  // What was committed is whole; a step cannot be finished.
  [[noreturn]] void gone(const char* what) {
    std::fprintf(stderr,
                 "ganflow: a rank that trains the replica together with rank %d %s; go on from the "
                 "last checkpoint with --resume\n",
                 rank_, what);
    give_up(Ranks::kLeftAlone);
  }

  const int rank_, size_;
  const std::atomic<bool>& stop_;
  std::atomic<bool> stopping_{false};
  std::atomic<double> waited_{0};
  std::vector<MPI_Request> requests_;
};

}  // namespace

std::unique_ptr<Ranks> join_ranks(const Launch& launch) {
  return std::make_unique<MpiRanks>(launch);
}

std::shared_ptr<Together> join_together(const Launch& launch, const std::atomic<bool>& stop) {
  return std::make_shared<MpiTogether>(launch, stop);
}

}  // namespace ganflow

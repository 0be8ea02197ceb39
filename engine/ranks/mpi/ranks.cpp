#include "engine/ranks/ranks.h"

// The C interface alone: the C++ one, which is gone from the standard, would be linked to.
#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <list>

#include "engine/error.h"

namespace ganflow {
namespace {

constexpr int kTag = 1;

void check(int result, const char* call) {
  if (result == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "";
  int length = 0;
  MPI_Error_string(result, text, &length);
  fail(Fault::usage, "MPI cannot go on: {} ({})", text, call);
}

class MpiRanks final : public Ranks {
 public:
  explicit MpiRanks(const Launch& launch) {
    // Its threads take no signals: those of a run are taken by one thread that waits for them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int provided = 0;
    const int started = MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    check(started, "MPI_Init_thread");
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
    struct sigaction late {};
    late.sa_handler = [](int) { ::_exit(kLeftAlone); };
    sigaction(SIGALRM, &late, nullptr);
    ::alarm(kLeave);
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

}  // namespace

std::unique_ptr<Ranks> join_ranks(const Launch& launch) {
  return std::make_unique<MpiRanks>(launch);
}

}  // namespace ganflow

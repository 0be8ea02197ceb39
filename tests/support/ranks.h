// The ganflow command as several processes of one launcher.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "support/command.h"

namespace ganflow::test {

// Whether there is an mpirun, of the MPI that the command was built with.
bool have_ranks();
// Says so where there is none.
bool skipped_without_ranks();

// "mpirun -n 3 ... ganflow", also where there are fewer cores and for root.
std::string on_ranks(int ranks);

// A launch in the background, output to `log`.
class RankedRun {
 public:
  RankedRun(int ranks, const std::string& arguments, const std::string& log);
  ~RankedRun();  // kills what is left of it
  RankedRun(const RankedRun&) = delete;

  // What a rank consists of: the process that the launcher knows, and the one that trains. 0: there
  // is none now.
  struct Rank {
    pid_t known = 0, trains = 0;
  };
  Rank rank(int rank) const;
  // Waits until the rank's trainer has files of a replica open; 0 if the launch is over before.
  pid_t training(int rank);
  void signal(int number) const;  // to the launcher
  bool ended();
  // Its exit code, or 128 + signal; after `seconds` it is killed and this returns -1.
  int wait(double seconds = 300);

 private:
  pid_t launcher_ = 0;
  int status_ = 0;
  bool over_ = false;
};

}  // namespace ganflow::test

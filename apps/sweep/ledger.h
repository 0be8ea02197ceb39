// Which replica is whose: the queue that ranks take from.
#pragma once

#include <optional>
#include <vector>

namespace ganflow::sweep {

class Ledger {
 public:
  Ledger(int replicas, int ranks);

  // The next of those nobody had, in order: at most `most`, and no more than would leave another
  // rank without one while this one has several. None: there are no more.
  std::vector<int> take(int rank, int most);
  void done(int rank, int replica);
  // The rank takes nothing any more. Those that it has stay its own: what it wrote of them nobody
  // else may write.
  void leaves(int rank);
  // Nobody gets any more.
  void close() { closed_ = true; }

  std::vector<int> held_by(int rank) const;
  std::vector<int> never_taken() const;

 private:
  struct Replica {
    std::optional<int> rank;  // that took it
    bool done = false;
  };
  std::vector<Replica> replicas_;
  std::vector<bool> present_;  // by rank
  std::size_t next_ = 0;
  bool closed_ = false;
};

}  // namespace ganflow::sweep

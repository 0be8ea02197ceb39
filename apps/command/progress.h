// What a person sees while a run goes on: one live line on a terminal, plain lines in a log.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/run/runner.h"

namespace ganflow::cli {

class ProgressView {
 public:
  using Time = std::chrono::steady_clock::duration;

  // `logged`: how long a log waits for a line at most.
  ProgressView(std::string name, int replicas, Time logged = std::chrono::minutes(1));
  ~ProgressView();  // ends the live line

  // Called from one thread. A log gets a line at the start, at each tenth of the run and at
  // least one a minute.
  void update(const Progress& progress);

  // The last row of the first phase that was seen, by replica.
  const std::vector<std::pair<std::string, double>>& last(int replica) const {
    return replicas_[static_cast<std::size_t>(replica)].values;
  }

 private:
  // "thesis-28  [=====>    ] 10,000/20,000  641 steps/s  0:16 left  objective -0.31"
  std::string line(const Progress& latest) const;

  std::string name_;
  std::vector<Progress> first_, replicas_;  // of each replica: seen first, seen last
  Step done_ = 0;                           // by all of them
  Time logged_;
  bool terminal_;
  bool open_ = false;
  int tenth_ = -1;
  std::chrono::steady_clock::time_point drawn_{};
};

// Columns for people: not the quantiles of a vector, which stay in the tables.
bool headline(const std::string& column);

std::string with_commas(std::uint64_t number);  // "20,000"
std::string as_duration(double seconds);        // "0:16", "1:02:03"

}  // namespace ganflow::cli

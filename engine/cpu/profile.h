// Where the time of a compiled program goes.
#pragma once

#include <string>
#include <vector>

#include "engine/cpu/tiled.h"
#include "engine/device/executable.h"

namespace ganflow::cpu {

// Runs it `runs` times (which moves the variables on) and lists every call with its best time, its
// share and what it computes: "   53.1 us  12 %    4 (64,784) G: matmul add sigmoid -> %35 ...".
std::string profile(const Executable& executable, const Bindings& bindings, int runs);

// How much of a program threads can share. Golden numbers: functions of the program alone.
struct Sharing {
  int phases = 0, shared = 0;  // of all calls; those of them that are worth it
  double nanoseconds = 0;      // that one thread takes, by the estimate of each phase
  // The same for several: of a shared phase the largest share of whole units, and two microseconds
  // to share it.
  double by(int threads) const;

  std::vector<Phase> each;  // a phase that is not shared has one unit here
};
Sharing sharing(const Executable& executable);

// The segments of a program's tapes that run as lines (engine/cpu/line.h), and the others.
struct Walks {
  int lines = 0, interpreted = 0;
};
Walks walks(const Executable& executable);

}  // namespace ganflow::cpu

// What trainers and the desk say to each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/ranks/bytes.h"
#include "engine/run/runner.h"

namespace ganflow::sweep {

// From a trainer. Everything that could be refused is prepared.
struct Ready {
  std::string host;
  std::int64_t pid = 0;
  std::uint32_t same = 0;    // CRC32 of what all ranks must agree on
  std::string instructions;  // of its device
  std::string info;          // of rank 0: run_info_text()
  std::uint64_t steps = 0;   // that are asked for
  template <class A>
  void members(A& a) {
    a(host, pid, same, instructions, info, steps);
  }
};
struct Want {  // so many replicas, or fewer
  int most = 1;
  template <class A>
  void members(A& a) {
    a(most);
  }
};
struct News {
  Progress progress;  // its replica is the run's
  template <class A>
  void members(A& a) {
    a(progress.replica, progress.step, progress.steps, progress.seconds, progress.values);
  }
};
struct Done {
  int replica = 0;
  ReplicaResult result;
  template <class A>
  void members(A& a) {
    a(replica, result.step, result.failed, result.message, result.evaluations, result.flat,
      result.lowered);
  }
};
struct Say {  // to the user
  std::string text;
  template <class A>
  void members(A& a) {
    a(text);
  }
};
struct Failed {  // it ends with what it has
  int exit_code = 0;
  std::string sentence;
  template <class A>
  void members(A& a) {
    a(exit_code, sentence);
  }
};
struct Interrupted {  // by a signal that ends the run
  template <class A>
  void members(A&) {}
};

// To a trainer.
struct Begin {
  std::string run;  // its absolute path
  template <class A>
  void members(A& a) {
    a(run);
  }
};
struct Take {
  std::vector<int> replicas;  // none: there are no more, it may end
  template <class A>
  void members(A& a) {
    a(replicas);
  }
};
struct Stop {  // at the next boundary, after a commit
  template <class A>
  void members(A&) {}
};
struct Commit {  // at the next boundary, and go on
  template <class A>
  void members(A&) {}
};

using FromTrainer = std::variant<Ready, Want, News, Done, Say, Failed, Interrupted>;
using ToTrainer = std::variant<Begin, Take, Stop, Commit>;

template <class Words, class Word>
std::string written(const Word& word) {
  ByteWriter writer;
  writer(static_cast<std::uint8_t>(Words(word).index()), word);
  return std::move(writer.bytes);
}

// Throws Error(input) for bytes that are no such word.
template <class Words>
Words read(std::string_view bytes) {
  ByteReader reader(bytes);
  std::uint8_t index = 0;
  reader(index);
  Words words;
  const auto one = [&]<std::size_t... I>(std::index_sequence<I...>) {
    return ((index == I && (reader(words.template emplace<I>()), true)) || ...);
  };
  if (!one(std::make_index_sequence<std::variant_size_v<Words>>()))
    fail(Fault::input, "a message between processes is of kind {}, there are {}", index,
         std::variant_size_v<Words>);
  return words;
}

}  // namespace ganflow::sweep

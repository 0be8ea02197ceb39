// Training whose output nobody keeps: times, and ranks beside the one that has the run directory.
#pragma once

#include "engine/graph/sink.h"

namespace ganflow {

struct Nowhere final : Sink {
  void rows(int, int, std::span<const std::byte>) override {}
  void commit(int, const Snapshot&) override {}
  void samples(int, const Samples&) override {}
  void flush() override {}
  void failed(int, const std::string&) override {}
};

}  // namespace ganflow

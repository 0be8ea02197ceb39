#include "engine/graph/trips.h"

#include <algorithm>
#include <bit>
#include <set>

#include "engine/program/chain.h"
#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

LoweredStage uncompiled(const CutStage& from) {
  LoweredStage stage{.name = from.name, .timing = from.timing, .after = from.after};
  stage.source = from.source;
  stage.stream = stream_id(from.draws);
  return stage;
}

// Buffers of one occurrence among those of a trip.
int moved(int buffer, int first) { return buffer < 0 ? buffer : first + buffer; }

class TripMaker {
 public:
  TripMaker(const Graph::Impl& graph, const ResidentSources& residents, const CompileStage& compile)
      : graph_(graph), residents_(residents), compile_(compile) {}

  LoweredTrip single(int phase, const PhaseStages& cut) const {
    LoweredTrip trip{.name = graph_.phases[static_cast<std::size_t>(phase)].name, .phase = phase};
    trip.occurrences = {{phase, cut.tap_buffers}};
    trip.buffers = cut.buffers;
    for (const CutStage& from : cut.stages) {
      LoweredStage& stage = trip.stages.emplace_back(uncompiled(from));
      stage.clocks.clear();
      for (const int clock : from.clocks) stage.clocks.push_back({0, clock});
      stage.inputs = from.inputs;
      stage.outputs = from.outputs;
      if (!stage.source) compile_(stage, from.program);
    }
    return trip;
  }

  // Sources fill the batches of all occurrences, one program does the rest.
  LoweredTrip joined(std::string name, int phase, const std::vector<int>& phases) {
    trip_ = {.name = std::move(name), .phase = phase};
    step_ = {.timing = Timing::step, .clocks = {}};
    const std::vector<PhaseStages>& cuts = by_sources();
    std::vector<std::vector<int>> first(cuts.size());  // buffers of a phase's occurrences
    std::vector<Occurrence> joins;
    for (std::size_t j = 0; j < phases.size(); ++j) {
      const auto p = static_cast<std::size_t>(phases[j]);
      const int at = static_cast<int>(trip_.buffers.size());
      first[p].push_back(at);
      trip_.buffers.insert(trip_.buffers.end(), cuts[p].buffers.begin(), cuts[p].buffers.end());
      TripOccurrence& occurrence = trip_.occurrences.emplace_back();
      occurrence.phase = phases[j];
      for (const int buffer : cuts[p].tap_buffers) occurrence.taps.push_back(moved(buffer, at));
      joins.push_back(join(step_of(cuts[p]), static_cast<int>(j)));
    }
    const Chain chained = chain(joins, table_names(joins));
    step_.inputs.resize(chained.program.inputs.size());
    step_.outputs.resize(chained.program.outputs.size());
    std::vector<std::size_t> seen(cuts.size(), 0);
    for (std::size_t j = 0; j < phases.size(); ++j) {
      const auto p = static_cast<std::size_t>(phases[j]);
      const CutStage& from = step_of(cuts[p]);
      const int at = first[p][seen[p]++];
      for (std::size_t i = 0; i < from.inputs.size(); ++i) {
        InputRef ref = from.inputs[i];
        if (ref.from == InputRef::From::buffer) ref.index = moved(ref.index, at);
        ref.occurrence = static_cast<int>(j);
        step_.inputs[chained.inputs[j][i]] = ref;
      }
      for (std::size_t i = 0; i < from.outputs.size(); ++i)
        step_.outputs[chained.outputs[j][i]] = moved(from.outputs[i], at);
    }
    for (std::size_t p = 0; p < cuts.size(); ++p)
      if (!first[p].empty()) add_sources(static_cast<int>(p), cuts[p], first[p]);
    finish(cuts, first, chained.program);
    return std::move(trip_);
  }

 private:
  // The phases, cut so that all but the sources is one program; for the first who asks.
  const std::vector<PhaseStages>& by_sources() {
    if (by_sources_.empty())
      for (int p = 0; p < static_cast<int>(graph_.phases.size()); ++p)
        by_sources_.push_back(cut_phase(graph_, p, Granularity::sources, &residents_));
    return by_sources_;
  }

  // Tables are one input of all occurrences.
  static std::set<std::string> table_names(const std::vector<Occurrence>& joins) {
    std::set<std::string> names;
    for (const Occurrence& join : joins)
      for (const Slot& slot : join.program->inputs)
        if (is_table(slot.name)) names.insert(slot.name);
    return names;
  }

  static const CutStage& step_of(const PhaseStages& cut) {
    return *std::find_if(cut.stages.begin(), cut.stages.end(),
                         [](const CutStage& stage) { return !stage.source; });
  }

  // The occurrence's clocks become clocks of the step.
  Occurrence join(const CutStage& stage, int occurrence) {
    Occurrence made{.program = &stage.program, .clocks = {}};
    for (const int clock : stage.clocks) {
      made.clocks.push_back({static_cast<std::uint32_t>(step_.clocks.size()), 0});
      step_.clocks.push_back({occurrence, clock});
    }
    return made;
  }

  // One stage a source, however many occurrences the phase has.
  void add_sources(int phase, const PhaseStages& cut, const std::vector<int>& first) {
    for (const CutStage& from : cut.stages) {
      if (!from.source) continue;
      const bool known = std::any_of(trip_.stages.begin(), trip_.stages.end(),
                                     [&](const LoweredStage& s) { return s.name == from.name; });
      const int index = static_cast<int>(trip_.stages.size());
      LoweredStage& stage = trip_.stages.emplace_back(uncompiled(from));
      if (known) stage.name = graph_.phases[static_cast<std::size_t>(phase)].name + "_" + from.name;
      stage.clocks.clear();
      std::size_t nth = 0;
      for (std::size_t j = 0; j < trip_.occurrences.size(); ++j) {
        if (trip_.occurrences[j].phase != phase) continue;
        const int at = first[nth++];
        stage.clocks.push_back({static_cast<int>(j), from.clocks[0]});
        for (const int buffer : from.outputs) {
          stage.outputs.push_back(moved(buffer, at));
          if (buffer >= 0) trip_.buffers[static_cast<std::size_t>(at + buffer)].writer = index;
        }
      }
      step_.after.push_back(index);
    }
  }

  void finish(const std::vector<PhaseStages>& cuts, const std::vector<std::vector<int>>& first,
              const Program& program) {
    const int index = static_cast<int>(trip_.stages.size());
    for (const int buffer : step_.outputs)
      trip_.buffers[static_cast<std::size_t>(buffer)].writer = index;
    for (std::size_t p = 0; p < cuts.size(); ++p) {
      if (first[p].empty()) continue;
      step_.name += (step_.name.empty() ? "" : "_") + step_of(cuts[p]).name;
      if (first[p].size() > 1) step_.name += fmt::format("_x{}", first[p].size());
    }
    compile_(step_, program);
    trip_.stages.push_back(std::move(step_));
  }

  const Graph::Impl& graph_;
  const ResidentSources& residents_;
  const CompileStage& compile_;
  std::vector<PhaseStages> by_sources_;
  LoweredTrip trip_;  // under way
  LoweredStage step_;
};

// Sizes of a phase's trips, descending, so that every count is a sum of them, each as often as it
// fits.
std::vector<int> sizes(const Count& count, int together) {
  std::vector<int> sizes;
  const int most = std::min(together, count.most().value_or(together));
  for (int size = static_cast<int>(std::bit_floor(static_cast<unsigned>(together))), left = 0;
       size > 0; size /= 2) {
    if (size > most) continue;
    if (sizes.empty()) left = count.fixed().value_or(0);
    const bool used = !count.fixed() || left >= size;
    left %= size;
    if (used) sizes.push_back(size);
  }
  return sizes;
}

}  // namespace

std::vector<PhaseStages> cut_phases(const Graph::Impl& graph) {
  return cut_phases(graph, graph.settings.fuse ? Granularity::overlap : Granularity::nodes);
}

std::vector<PhaseStages> cut_phases(const Graph::Impl& graph, Granularity granularity) {
  std::vector<PhaseStages> phases;
  for (int p = 0; p < static_cast<int>(graph.phases.size()); ++p)
    phases.push_back(cut_phase(graph, p, granularity));
  return phases;
}

std::vector<LoweredTrip> cut_trips(const Graph::Impl& graph, const std::vector<PhaseStages>& cuts,
                                   int together, const ResidentSources& residents,
                                   const CompileStage& compile) {
  TripMaker maker(graph, residents, compile);
  std::vector<LoweredTrip> trips;
  const int phases = static_cast<int>(graph.phases.size());
  std::vector<int> all;
  bool fixed = true;
  for (int p = 0; p < phases; ++p) {
    const Count& count = graph.phases[static_cast<std::size_t>(p)].count;
    fixed = fixed && count.fixed();
    if (fixed && *count.fixed() <= together)
      all.insert(all.end(), static_cast<std::size_t>(*count.fixed()), p);
    else
      fixed = false;
  }
  if (together > 1 && graph.settings.fuse && fixed && static_cast<int>(all.size()) <= together &&
      !all.empty())
    return {maker.joined("macro", -1, all)};
  for (int p = 0; p < phases; ++p) {
    const GraphPhase& phase = graph.phases[static_cast<std::size_t>(p)];
    if (!graph.settings.fuse || (together == 1 && !residents.any())) {
      trips.push_back(maker.single(p, cuts[static_cast<std::size_t>(p)]));
      continue;
    }
    for (const int size : sizes(phase.count, together))
      trips.push_back(maker.joined(fmt::format("{}_x{}", phase.name, size), p,
                                   std::vector<int>(static_cast<std::size_t>(size), p)));
  }
  return trips;
}

}  // namespace ganflow

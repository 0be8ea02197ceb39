#include "engine/graph/stages.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/program/leaves.h"
#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

class Cutter {
 public:
  Cutter(const Graph::Impl& graph, int phase, Granularity granularity,
         const ResidentSources* residents)
      : graph_(graph),
        granularity_(granularity),
        residents_(residents),
        phase_(graph.phases[phase]),
        nodes_(graph.phase_nodes(phase)),
        taps_(graph.phase_taps(phase)) {
    for (const PendingAssign& a : graph.assigns) {
      const bool known = std::any_of(assigns_.begin(), assigns_.end(),
                                     [&](auto& b) { return b.variable == a.variable; });
      if (in_phase(a.node) && graph.moves(phase_, a) && !known) assigns_.push_back(a);
    }
  }

  PhaseStages run() {
    find_live();
    find_timing();
    group();
    sort();
    find_buffers();
    for (CutStage& stage : result_.stages) extract(stage);
    for (const PendingTap& t : taps_) {
      const Shape& shape = builder().type(t.value).shape;
      result_.taps.push_back({t.name, shape.elements(), t.objective, t.text});
      result_.tap_buffers.push_back(buffer_.at(t.value));
    }
    return std::move(result_);
  }

 private:
  const Builder& builder() const { return graph_.training.builder; }
  const Node& node(ValueId id) const { return builder().node(id); }
  bool in_phase(int n) const { return std::binary_search(nodes_.begin(), nodes_.end(), n); }

  // Values that lead to an assign or a tap; the rest of a formula is not computed in this phase.
  void find_live() {
    live_.assign(builder().program().nodes.size(), false);
    for (const PendingAssign& a : assigns_) live_[a.value] = true;
    for (const PendingTap& t : taps_) live_[t.value] = true;
    for (ValueId id = static_cast<ValueId>(live_.size()); id-- > 0;)
      if (live_[id])
        for (ValueId input : node(id).inputs) live_[input] = true;
  }

  void find_timing() {
    for (int n : nodes_) {
      Timing timing = Timing::data;
      const GraphNode& g = graph_.nodes[n];
      const auto raise = [&timing](Timing t) { timing = std::max(timing, t); };
      for (ValueId id = g.begin; id < g.end; ++id) {
        if (!live_[id]) continue;
        for (ValueId input : node(id).inputs) {
          if (node(input).primitive == &variable_primitive())
            raise(written(input) ? Timing::step : Timing::ahead);
          else if (!graph_.shared_leaf(input) && graph_.owner(input) != n)
            raise(timing_.at(graph_.owner(input)));
        }
      }
      if (std::any_of(assigns_.begin(), assigns_.end(), [n](auto& a) { return a.node == n; }))
        raise(Timing::step);
      if (granularity_ == Granularity::sources && !is_stage(g)) raise(Timing::step);
      timing_[n] = timing;
    }
  }

  const Resident* resident(const GraphNode& node) const {
    return residents_ && node.source ? residents_->of(node.source.get()) : nullptr;
  }
  // A source that fills batches.
  bool is_stage(const GraphNode& node) const { return node.source && !resident(node); }

  bool written(ValueId variable) const {
    return std::any_of(assigns_.begin(), assigns_.end(),
                       [&](auto& a) { return a.variable == variable; });
  }

  void group() {
    for (int n : nodes_) {
      const GraphNode& g = graph_.nodes[n];
      const bool owns =
          std::any_of(live_.begin() + g.begin, live_.begin() + g.end, [](bool b) { return b; }) ||
          std::any_of(assigns_.begin(), assigns_.end(), [n](auto& a) { return a.node == n; });
      if (!owns) continue;
      const bool fused = granularity_ != Granularity::nodes && timing_[n] == Timing::step;
      const int key = fused ? phase_.steps[0] : n;
      auto stage = std::find_if(result_.stages.begin(), result_.stages.end(),
                                [&](auto& s) { return s.name == graph_.nodes[key].name; });
      if (stage == result_.stages.end()) {
        result_.stages.push_back(
            {.name = graph_.nodes[key].name, .timing = timing_[n], .source = {}});
        stage = result_.stages.end() - 1;
        if (is_stage(g)) stage->source = g.source;
        if (stage->source) stage->outputs.assign(g.specs.size(), -1);
        stage->draws = graph_.nodes[g.again < 0 ? n : g.again].name;
      }
      stage->nodes.push_back(n);
      clock_of(*stage, n);
    }
  }

  // The number of the clock by which a node of the graph draws among those of its stage.
  std::uint32_t clock_of(CutStage& stage, int n) const {
    const int again = graph_.nodes[n].again, phase = again < 0 ? -1 : graph_.phase_of(again);
    const auto found = std::find(stage.clocks.begin(), stage.clocks.end(), phase);
    const auto clock = static_cast<std::uint32_t>(found - stage.clocks.begin());
    if (found == stage.clocks.end()) stage.clocks.push_back(phase);
    return clock;
  }

  // Stages in dependency order. A stage that writes a Variable comes after those that read it.
  void sort() {
    const int count = static_cast<int>(result_.stages.size());
    std::vector<std::set<int>> after(count);
    const auto stage_of_node = [&](int n) {
      for (int s = 0; s < count; ++s)
        if (std::binary_search(result_.stages[s].nodes.begin(), result_.stages[s].nodes.end(), n))
          return s;
      return -1;
    };
    std::map<ValueId, std::set<int>> readers;
    for (int s = 0; s < count; ++s)
      for (int n : result_.stages[s].nodes)
        for (ValueId id = graph_.nodes[n].begin; id < graph_.nodes[n].end; ++id) {
          if (!live_[id]) continue;
          for (ValueId input : node(id).inputs) {
            if (node(input).primitive == &variable_primitive()) readers[input].insert(s);
            if (graph_.shared_leaf(input)) continue;
            const int from = stage_of_node(graph_.owner(input));
            if (from != s) after[s].insert(from);
          }
        }
    for (const PendingAssign& a : assigns_) {
      const int writer = stage_of_node(a.node);
      if (!graph_.shared_leaf(a.value) && stage_of_node(graph_.owner(a.value)) != writer)
        after[writer].insert(stage_of_node(graph_.owner(a.value)));
      for (int reader : readers[a.variable])
        if (reader != writer) after[writer].insert(reader);
    }
    std::vector<int> place(count, -1);  // old index -> new
    std::vector<CutStage> ordered;
    while (static_cast<int>(ordered.size()) < count) {
      const auto before = ordered.size();
      for (int s = 0; s < count; ++s) {
        const bool ready = place[s] < 0 && std::all_of(after[s].begin(), after[s].end(),
                                                       [&](int a) { return place[a] >= 0; });
        if (!ready) continue;
        place[s] = static_cast<int>(ordered.size());
        ordered.push_back(std::move(result_.stages[s]));
        for (int a : after[s]) ordered.back().after.push_back(place[a]);
        std::sort(ordered.back().after.begin(), ordered.back().after.end());
      }
      if (ordered.size() == before)
        fail(Fault::usage,
             "phase {}: nodes wait for each other, one writes a Variable that a later "
             "one must read before; run with --fuse auto",
             phase_.name);
    }
    result_.stages = std::move(ordered);
    for (int s = 0; s < count; ++s)
      for (int n : result_.stages[s].nodes) stage_of_[n] = s;
  }

  int stage_of(ValueId id) const { return stage_of_.at(graph_.owner(id)); }

  // Values read by another stage or a tap, in program order.
  void find_buffers() {
    std::set<ValueId> crossing;
    for (const CutStage& stage : result_.stages)
      for (int n : stage.nodes)
        for (ValueId id = graph_.nodes[n].begin; id < graph_.nodes[n].end; ++id)
          for (ValueId input : node(id).inputs)
            if (live_[id] && !graph_.shared_leaf(input) && stage_of(input) != stage_of(id))
              crossing.insert(input);
    for (const PendingAssign& a : assigns_)
      if (!graph_.shared_leaf(a.value) && stage_of(a.value) != stage_of_.at(a.node))
        crossing.insert(a.value);
    for (const PendingTap& t : taps_) crossing.insert(t.value);
    for (ValueId id : crossing) {
      const TensorType& type = builder().type(id);
      const int writer = stage_of(id);
      buffer_[id] = static_cast<int>(result_.buffers.size());
      CutStage& stage = result_.stages[writer];
      if (stage.source)
        stage.outputs[id - graph_.nodes[stage.nodes[0]].begin] = buffer_[id];
      else
        stage.outputs.push_back(buffer_[id]);
      result_.buffers.push_back({graph_.nodes[graph_.owner(id)].name,
                                 static_cast<std::size_t>(type.shape.elements()) *
                                     element_bytes(type.dtype, Precision::float32),
                                 writer});
    }
  }

  void extract(CutStage& stage) {
    if (stage.source) return;
    Builder to;
    std::map<ValueId, Value> copied;
    const auto leaf = [&](ValueId id) {
      if (const auto found = copied.find(id); found != copied.end()) return found->second;
      const Node& n = node(id);
      Value value;
      if (n.primitive == &variable_primitive()) {
        value = variable(to, builder().program().variables[n.attributes.ints[0]].name, n.type);
      } else if (n.primitive == &full_primitive()) {
        value = {to, to(*n.primitive, {}, n.attributes)};
      } else if (const auto s = graph_.training.scalar_of.find(id);
                 s != graph_.training.scalar_of.end()) {
        value = input(to, graph_.scalars[s->second].name, n.type);
        stage.inputs.push_back({InputRef::From::scalar, s->second});
      } else {
        value = input(to, fmt::format("{}%{}", graph_.nodes[graph_.owner(id)].name, id), n.type);
        stage.inputs.push_back({InputRef::From::buffer, buffer_.at(id)});
      }
      return copied[id] = value;
    };
    const auto inside = [&](ValueId id) {
      return !graph_.shared_leaf(id) && stage_of(id) == stage_of_.at(stage.nodes[0]);
    };
    std::map<int, Value> tables;
    for (int n : stage.nodes) {
      const GraphNode& g = graph_.nodes[n];
      if (const Resident* set = resident(g)) {
        const std::vector<Value> drawn = draw(*set, stage, n, to, tables);
        for (ValueId id = g.begin; id < g.end; ++id) copied[id] = drawn[id - g.begin];
        continue;
      }
      for (ValueId id = g.begin; id < g.end; ++id) {
        if (!live_[id] || graph_.shared_leaf(id)) continue;
        std::vector<ValueId> inputs;
        for (ValueId input : node(id).inputs)
          inputs.push_back((inside(input) ? copied.at(input) : leaf(input)).id());
        to.set_origin(to.origin(builder().program().origins[node(id).origin]));
        Attributes attributes = node(id).attributes;
        if (traits_of(builder().program(), node(id)).draws)
          set_draw_time(attributes, {clock_of(stage, n), 0});
        copied[id] = {to, to(*node(id).primitive, inputs, attributes)};
      }
    }
    for (const auto& [id, buffer] : buffer_)
      if (inside(id))
        output(to, result_.buffers[buffer].name + fmt::format("%{}", id), copied.at(id));
    for (const PendingAssign& a : assigns_)
      if (stage_of_.at(a.node) == stage_of_.at(stage.nodes[0]))
        ganflow::assign(to, leaf(a.variable), inside(a.value) ? copied.at(a.value) : leaf(a.value));
    stage.program = to.program();
  }

  // The outputs of a source that the stage's program draws by itself.
  std::vector<Value> draw(const Resident& set, CutStage& stage, int n, Builder& to,
                          std::map<int, Value>& tables) {
    const GraphNode& g = graph_.nodes[n];
    to.set_origin(to.origin(builder().program().origins[node(g.begin).origin]));
    std::vector<Value> of_set;
    int table = residents_->first_table(g.source.get());
    for (const Resident::Table& from : set.tables) {
      Value& value = tables[table];
      if (!value) {
        value = input(to, table_name(table), from.type);
        stage.inputs.push_back({InputRef::From::table, table});
      }
      of_set.push_back(value);
      ++table;
    }
    const DrawBy by{stream_id(graph_.nodes[g.again < 0 ? n : g.again].name),
                    {clock_of(stage, n), 0}};
    return set.draw(of_set, g.specs[0].shape.rows(), by);
  }

  const Graph::Impl& graph_;
  const Granularity granularity_;
  const ResidentSources* residents_;
  const GraphPhase& phase_;
  std::vector<int> nodes_;
  std::vector<PendingTap> taps_;
  std::vector<PendingAssign> assigns_;
  std::vector<bool> live_;
  std::map<int, Timing> timing_;
  std::map<int, int> stage_of_;    // graph node -> stage
  std::map<ValueId, int> buffer_;  // ordered by value: the order of every stage's outputs
  PhaseStages result_;
};

}  // namespace

// No node has such a name, and what it crosses by begins with that.
std::string table_name(int index) { return fmt::format("%table{}", index); }
bool is_table(const std::string& input) { return input.starts_with("%table"); }

PhaseStages cut_phase(const Graph::Impl& graph, int phase, Granularity granularity,
                      const ResidentSources* residents) {
  return Cutter(graph, phase, granularity, residents).run();
}

}  // namespace ganflow

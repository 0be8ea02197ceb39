#include "engine/run/runner_graph.h"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <tuple>

#include "engine/device/denormals.h"
#include "engine/device/team.h"
#include "engine/error.h"
#include "engine/run/courier.h"
#include "engine/run/evaluation.h"
#include "engine/run/stage_order.h"

namespace ganflow {
namespace {

namespace flow = tbb::flow;

using Sender = flow::sender<Token*>;
using Receiver = flow::receiver<Token*>;
using Stage = flow::function_node<Token*, Token*>;
using Tokens = std::tuple<Token*, Token*>;

// Critical path first: the step token before slots that run ahead of it.
constexpr flow::node_priority_t kStepPriority = 1;

// All receivers queue, so a rejection is a bug, and going on would hang.
template <class To, class Message>
void put(To& to, Message message, const char* edge) {
  if (to.try_put(message)) return;
  fmt::print(stderr, "ganflow: edge '{}' rejected a slot; this is a bug in the engine\n", edge);
  std::abort();
}

// Two slots of one occurrence become one: a slot that ran ahead is attached to the other, two
// branches of a fork are the same slot.
Token* meet(const Tokens& tokens) {
  auto [token, other] = tokens;
  if (token == other) return token;
  if (other->timing == Timing::ahead) {
    token->ahead = other;
    token->data = other->data;
  } else {
    token->data = other;
  }
  if (other->failed) token->fail(other->failure());
  return token;
}

struct Match {
  explicit Match(flow::graph& graph)
      : join(
            graph, [](Token* t) { return t->key; }, [](Token* t) { return t->key; }),
        meeting(graph, flow::unlimited, meet) {
    flow::make_edge(join, meeting);
  }
  flow::join_node<Tokens, flow::key_matching<std::uint64_t>> join;
  flow::function_node<Tokens, Token*> meeting;
};

class TokenGraph final : public Edges {
 public:
  TokenGraph(tbb::task_group_context& context, const Device& device, std::deque<Replica>& replicas,
             const Nodes& nodes, ScheduleNode& schedule_node, Writer& writer,
             Statistics& statistics, Trace& trace);
  void run();

  void begin(Token& token) override {
    const Entries& entries = entries_[nodes_.shape_of[static_cast<std::size_t>(token.replica)]];
    put(*entries[token.trip][static_cast<std::size_t>(token.timing)], &token, "begin");
  }
  void schedule(Token& token) override { put(schedule_, &token, "schedule"); }
  void evaluate(EvaluationSlot& slot) override { put(evaluate_, &slot, "evaluate"); }
  void write(Delivery& delivery) override { put(writer_node_, &delivery, "write"); }
  bool passed(const Mark& mark, Token& token) override {
    if (mark.passed()) return true;
    token.done = mark;
    put(*home_, &token, "saved");
    return false;
  }

 private:
  using Entry = flow::broadcast_node<Token*>;
  using Entries = std::deque<std::array<std::unique_ptr<Entry>, 3>>;  // by trip and Timing
  using WriterNode = flow::async_node<Delivery*, Delivery*>;
  using TokenCourier = flow::async_node<Token*, Token*>;
  using EvaluationCourier = flow::async_node<EvaluationSlot*, EvaluationSlot*>;

  void lay_out(Replica& shape, int trip, int first_node);
  Sender& lay_out(const Replica& shape, int trip, Timing timing, int first_node, Sender& entry);
  Sender& match(Sender& a, Sender& b);
  template <class Slot, class Before>
  std::unique_ptr<flow::async_node<Slot*, Slot*>> courier_node(Before before);
  void visit_stage(Token& token, int node, int stage);
  void visit_evaluation(EvaluationSlot& slot);
  template <class Body>
  void measured(int node, int replica, std::uint64_t occurrence, Body&& body);

  flow::graph graph_;
  const Device& device_;
  std::deque<Replica>& replicas_;
  const Nodes& nodes_;
  ScheduleNode& schedule_node_;
  Writer& writer_;
  Statistics& statistics_;
  Trace& trace_;
  std::deque<Entries> entries_;  // by shape
  std::deque<Stage> stages_;
  std::deque<Match> matches_;
  flow::function_node<Token*> schedule_;
  flow::function_node<EvaluationSlot*> evaluate_;
  WriterNode writer_node_;
  flow::function_node<Delivery*> returned_;
  // Of devices that are not immediate.
  std::deque<std::unique_ptr<TokenCourier>> leaving_;
  std::unique_ptr<TokenCourier> home_;
  std::unique_ptr<EvaluationCourier> evaluating_;
  std::unique_ptr<Courier> courier_;  // last: joined first
};

TokenGraph::TokenGraph(tbb::task_group_context& context, const Device& device,
                       std::deque<Replica>& replicas, const Nodes& nodes,
                       ScheduleNode& schedule_node, Writer& writer, Statistics& statistics,
                       Trace& trace)
    : graph_(context),
      device_(device),
      replicas_(replicas),
      nodes_(nodes),
      schedule_node_(schedule_node),
      writer_(writer),
      statistics_(statistics),
      trace_(trace),
      schedule_(
          graph_, flow::unlimited,
          [this](Token* token) {
            const std::uint64_t occurrence = token->occurrence;
            const int node = nodes_.of(token->replica).schedule;
            token->node = node;
            measured(node, token->replica, occurrence, [&] { schedule_node_.advance(*token); });
          },
          kStepPriority),
      evaluate_(graph_, flow::unlimited, [this](EvaluationSlot* slot) { visit_evaluation(*slot); }),
      writer_node_(graph_, flow::unlimited,
                   [this](Delivery* delivery, WriterNode::gateway_type& gateway) {
                     gateway.reserve_wait();
                     writer_.push(*delivery);
                   }),
      returned_(graph_, flow::unlimited,
                [this](Delivery* delivery) { schedule_node_.returned(*delivery); }) {
  if (!device.immediate()) {
    courier_ = std::make_unique<Courier>();
    home_ = courier_node<Token>([](Token& token) { return token.done; });
    evaluating_ = courier_node<EvaluationSlot>([](EvaluationSlot& slot) { return slot.landed; });
    flow::make_edge(*home_, schedule_);
    flow::make_edge(*evaluating_, evaluate_);
  }
  for (const Nodes::Shape& shape : nodes_.shapes) {
    Replica& replica = replicas_[shape.replica];
    int first_node = shape.first;
    entries_.emplace_back();
    for (int trip = 0; trip < replica.trips(); ++trip) {
      lay_out(replica, trip, first_node);
      first_node += static_cast<int>(replica.trip(trip).stages.size());
    }
  }
  flow::make_edge(writer_node_, returned_);
  writer_.on_return([this](Delivery& delivery) {
    auto& gateway = writer_node_.gateway();
    put(gateway, &delivery, "returned");
    gateway.release_wait();
  });
}

// Gives a slot to the courier, who brings it to the node's successors behind the mark that
// `before` returns.
template <class Slot, class Before>
std::unique_ptr<flow::async_node<Slot*, Slot*>> TokenGraph::courier_node(Before before) {
  using Node = flow::async_node<Slot*, Slot*>;
  return std::make_unique<Node>(graph_, flow::unlimited,
                                [this, before](Slot* slot, typename Node::gateway_type& gateway) {
                                  gateway.reserve_wait();
                                  courier_->bring(before(*slot), [&gateway, slot] {
                                    put(gateway, slot, "home");
                                    gateway.release_wait();
                                  });
                                });
}

void TokenGraph::lay_out(Replica& shape, int trip, int first_node) {
  auto& entries = entries_.back().emplace_back();
  for (auto& entry : entries) entry = std::make_unique<Entry>(graph_);
  const auto has = [&](Timing timing) { return !shape.slots(trip, timing).empty(); };
  Sender* ready = nullptr;  // what the next timing has to be matched with
  for (const Timing timing : {Timing::data, Timing::ahead, Timing::step}) {
    if (timing != Timing::step && !has(timing)) continue;
    Sender* entry = entries[static_cast<std::size_t>(timing)].get();
    if (ready != nullptr) entry = &match(*entry, *ready);
    ready = &lay_out(shape, trip, timing, first_node, *entry);
    if (courier_ == nullptr) continue;
    leaving_.push_back(courier_node<Token>([this](Token& token) {
      replicas_[token.replica].leave(token);
      const Mark done = token.done;
      if (token.timing == Timing::step) schedule_node_.left(token);
      return done;
    }));
    flow::make_edge(*ready, *leaving_.back());
    ready = &flow::output_port<0>(*leaving_.back());
  }
  flow::make_edge(*ready, schedule_);
}

// The stages of one timing; what they read of other timings was matched before. Returns where a
// slot leaves when all have run.
Sender& TokenGraph::lay_out(const Replica& shape, int trip, Timing timing, int first_node,
                            Sender& entry) {
  const auto& stages = shape.trip(trip).stages;
  const StageOrder order = order_of(stages, timing);
  std::vector<Sender*> outlet(stages.size(), nullptr);
  const auto met = [&](const std::vector<std::size_t>& before) {
    Sender* all = nullptr;
    for (const std::size_t j : before) all = all == nullptr ? outlet[j] : &match(*all, *outlet[j]);
    return all == nullptr ? &entry : all;
  };
  for (std::size_t i = 0; i < stages.size(); ++i) {
    if (order.runs[i].empty()) continue;
    const auto body = [this, first_node, runs = order.runs[i]](Token* token) {
      for (const std::size_t stage : runs)
        visit_stage(*token, first_node + static_cast<int>(stage), static_cast<int>(stage));
      return token;
    };
    const auto priority = timing == Timing::step ? kStepPriority : flow::no_priority;
    Sender* inlet = met(order.before[i]);
    Stage& stage = stages_.emplace_back(graph_, flow::unlimited, body, priority);
    flow::make_edge(*inlet, stage);
    outlet[i] = &stage;
  }
  return *met(order.last);
}

Sender& TokenGraph::match(Sender& a, Sender& b) {
  Match& match = matches_.emplace_back(graph_);
  flow::make_edge(a, flow::input_port<0>(match.join));
  flow::make_edge(b, flow::input_port<1>(match.join));
  return match.meeting;
}

template <class Body>
void TokenGraph::measured(int node, int replica, std::uint64_t occurrence, Body&& body) {
  const auto begin = Clock::now();
  body();
  const auto end = Clock::now();
  const auto thread = static_cast<std::size_t>(tbb::this_task_arena::current_thread_index());
  trace_.add(thread, {node, replica, occurrence, begin, end});
  const std::chrono::nanoseconds busy = end - begin;
  statistics_.add(thread, static_cast<std::size_t>(node), static_cast<std::uint64_t>(busy.count()));
}

// Around every stage: nothing is thrown into TBB, a failed slot falls through to the schedule.
void TokenGraph::visit_stage(Token& token, int node, int stage) {
  token.node = node;
  token.seen_step = token.row_step();
  measured(node, token.replica, token.occurrence, [&] {
    if (token.failed) return;
    const Replica& replica = replicas_[token.replica];
    try {
      replica.enqueue(token, stage);
    } catch (...) {
      token.fail(fmt::format("node '{}' replica {} step {}: {}",
                             replica.trip(token.trip).stages[stage].name, replica.number(),
                             token.row_step(), current_exception_text()));
    }
  });
}

// One call a visit, so that a long evaluation leaves gaps for other work.
void TokenGraph::visit_evaluation(EvaluationSlot& slot) {
  bool away = false, more = false;
  const LoweredReplica& replica = replicas_[slot.replica()].lowered();
  const LoweredEvaluation& e = replica.evaluations[slot.evaluation];
  const int node = nodes_.of(slot.replica()).schedule + 1 + slot.evaluation;
  measured(node, slot.replica(), slot.step, [&] {
    try {
      if (!slot.calling) enqueue_call(slot, replica, e);
      away = !slot.landed.passed();
      if (away) return;
      more = !collect_call(slot, e, device_);
      if (!more && e.metric) {
        measure_samples(slot, replica, e);
        schedule_node_.measured(slot);
      }
    } catch (...) {
      slot.failed = true;
      schedule_node_.evaluation_failed(slot, current_exception_text());
    }
  });
  if (away) return put(*evaluating_, &slot, "evaluating");
  more ? evaluate(slot) : write(slot);
}

// Threads of the arena that have nothing else to do help those that run programs.
struct Helpers {
  explicit Helpers(int threads)
      : team(threads, [this](Team& self) { tasks.run([&self] { self.help(); }); }) {}
  ~Helpers() { tasks.wait(); }  // those that nobody came to are done now
  tbb::task_group tasks;
  Team team;
};

// Lets TBB have at least this many threads; the arena is what limits a run. The limit only ever
// rises: when it falls between two runs (to one thread above all), TBB 2021.8 was seen to give the
// later one no worker at all.
void allow_threads(std::size_t threads) {
  using Control = tbb::global_control;
  static std::mutex mutex;
  static std::unique_ptr<Control> control;
  static std::size_t allowed = 0;
  const std::lock_guard lock(mutex);
  if (threads <= allowed) return;
  allowed = std::max<std::size_t>(threads, std::max(2, tbb::info::default_concurrency()));
  control.reset();  // the smallest of all controls would rule
  control = std::make_unique<Control>(Control::max_allowed_parallelism, allowed);
}

void TokenGraph::run() {
  try {
    schedule_node_.start(*this);
    graph_.wait_for_all();
  } catch (...) {  // of memory: no task may outlive the nodes
    graph_.cancel();
    graph_.wait_for_all();
    throw;
  }
}

// Throws std::system_error if so many threads cannot be had: TBB ends the process instead.
void require_threads(int threads) {
  std::latch all(threads + 1);
  std::vector<std::jthread> made;
  try {
    while (made.size() < static_cast<std::size_t>(threads))
      made.emplace_back([&] { all.arrive_and_wait(); });
  } catch (...) {
    all.count_down(threads - static_cast<std::ptrdiff_t>(made.size()));
    all.arrive_and_wait();
    throw;
  }
  all.arrive_and_wait();
}

}  // namespace

void run_graph(int threads, const Device& device, std::deque<Replica>& replicas, const Nodes& nodes,
               ScheduleNode& schedule_node, Writer& writer, Statistics& statistics, Trace& trace) {
  const FlushDenormals flush;
  require_threads(threads);
  allow_threads(static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  arena.execute([&] {
    // The context carries this thread's floating-point mode to every worker.
    tbb::task_group_context context(
        tbb::task_group_context::isolated,
        tbb::task_group_context::default_traits | tbb::task_group_context::fp_settings);
    Helpers helpers(threads);
    for (Replica& replica : replicas) replica.help_by(helpers.team);
    TokenGraph graph(context, device, replicas, nodes, schedule_node, writer, statistics, trace);
    graph.run();
  });
}

}  // namespace ganflow

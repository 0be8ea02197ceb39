
#include "graphs/presets.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>

#include "engine/cpu/target.h"
#include "engine/error.h"
#include "engine/graph/graph_impl.h"
#include "engine/graph/lower.h"
#include "engine/kernels/check.h"
#include "graphs/parts/dataset.h"
#include "support/image_files.h"
#include "support/launches.h"
#include "support/named_graph.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// A folder with 128 images in each of MNIST's files.
struct FakeMnist {
  TemporaryDirectory dir;
  FakeMnist() {
    const char n = static_cast<char>(128);
    for (const std::string part : {"train", "t10k"}) {
      write(part + "-images-idx3-ubyte", {0, 0, 8, 3, 0, 0, 0, n, 0, 0, 0, 28, 0, 0, 0, 28},
            128 * 784);
      write(part + "-labels-idx1-ubyte", {0, 0, 8, 1, 0, 0, 0, n}, 128);
    }
  }
  void write(const std::string& name, std::vector<char> bytes, std::size_t data) {
    bytes.resize(bytes.size() + data, 7);
    write_bytes(dir / name, bytes);
  }
};

bool convolutional(const NamedGraph& preset) {
  Graph graph(preset.name, {.batch = 2, .data = "images"});
  try {
    preset.compose(graph);
  } catch (const Error&) {  // it has no images of that name; its options were read before
  }
  const auto options = graph.option_values();
  return std::ranges::any_of(options, [](const auto& o) { return o.first == "width"; });
}

// Flows and fits: neither critic nor data, or a generator that is given.
bool no_game(const NamedGraph& p) {
  static const std::set<std::string> names = {"classifier", "dirac-gan", "uniform-gan",
                                              "dirac-gan-square", "density-fit"};
  return names.contains(p.name);
}

std::size_t parameters(const LoweredReplica& replica, const std::string& network) {
  std::size_t count = 0;
  for (const VariableInfo& v : replica.variables)
    if (v.keep == Keep::parameter && v.name.starts_with(network + "/"))
      count += static_cast<std::size_t>(v.shape.elements());
  return count;
}

// GANFLOW_DATA while it lives.
class DataFolder {
 public:
  explicit DataFolder(const std::string& folder) {
    if (const char* before = std::getenv("GANFLOW_DATA")) before_ = before;
    setenv("GANFLOW_DATA", folder.c_str(), 1);
  }
  ~DataFolder() {
    if (before_)
      setenv("GANFLOW_DATA", before_->c_str(), 1);
    else
      unsetenv("GANFLOW_DATA");
  }
  DataFolder(const DataFolder&) = delete;

 private:
  std::optional<std::string> before_;
};

GraphSettings with_images(const NamedGraph& preset, GraphSettings settings) {
  static const FakeMnist mnist;
  if (preset.name.find("mnist") != std::string::npos || preset.name == "classifier")
    settings.data = "mnist:" + mnist.dir.path();
  if (preset.name.starts_with("smooth-celeba")) {
    settings.data = "cifar10";
    settings.values["size"] = "64";
  }
  return settings;
}

// Was: the folder stayed set, and later tests took it for the real data.
LoweredReplica with_data(const NamedGraph& preset, GraphSettings settings = {},
                         const Device& device = *open_device("cpu")) {
  static ProgramCache cache;
  const DataFolder folder(cifar_root());
  Graph graph(preset.name, with_images(preset, std::move(settings)));
  preset.compose(graph);
  return lower(graph, 1, cache, device);
}

// Plans a program as the CPU does and has its launches checked; nothing is run.
class CheckingDevice final : public Device {
 public:
  const std::string& name() const override { return cpu_->name(); }
  bool immediate() const override { return true; }
  std::shared_ptr<const Executable> compile(const Program& program,
                                            const CompileOptions& options) const override {
    const kernels::Launches launches =
        launches_of(rewrite_for(program, options.rewrite, cpu::target()), {.fuse = options.fuse});
    for (const std::string& fault : kernels::faults(launches)) faults.push_back(fault);
    count += launches.list.size();
    return std::make_shared<NeverRun>();
  }
  Block allocate(std::size_t bytes) const override { return cpu_->allocate(bytes); }
  Mirror mirror(std::size_t bytes) const override { return cpu_->mirror(bytes); }
  std::unique_ptr<Queue> queue(Urgency urgency) const override { return cpu_->queue(urgency); }

  mutable std::vector<std::string> faults;
  mutable std::size_t count = 0;  // of launches; programs of several presets count once

 private:
  struct NeverRun final : Executable {
    std::unique_ptr<Prepared> prepare(const Bindings&) const override { return nullptr; }
  };
  std::shared_ptr<const Device> cpu_ = open_device("cpu");
};

}  // namespace

TEST_SUITE("presets") {
  TEST_CASE("every preset and graph composes, passes check() and compiles" *
            doctest::test_suite("exhaustive")) {
    for (const auto& list : {presets(), graphs()})
      for (const NamedGraph& p : list) {
        CAPTURE(p.name);
        GraphSettings settings;
        if (convolutional(p)) settings = {.batch = 4, .values = {{"width", "2"}}};
        const LoweredReplica replica = with_data(p, settings);
        const bool grows = p.name.starts_with("progressive");  // 4, 8, 16, 32 pixels
        CHECK(replica.phases.size() == (grows ? 8 : no_game(p) ? 1 : 2));
        const bool lines = p.name.starts_with("two-lines"), classifier = p.name == "classifier";
        const auto measured = [&](const auto& e) {
          return e.name == (classifier ? "test" : lines ? "distance" : "quality") && e.metric;
        };
        if (!no_game(p) || classifier)
          CHECK(std::ranges::any_of(replica.evaluations, measured));  // beside the sample grid
        CHECK(replica.hash != 0);
      }
  }

  TEST_CASE("every game offers players a rate, betas and an optimizer, and to augment images") {
    const DataFolder folder(cifar_root());
    int of_points = 0;
    for (const auto& list : {presets(), graphs()})
      for (const NamedGraph& p : list) {
        if (no_game(p)) continue;
        CAPTURE(p.name);
        auto graph = std::make_unique<Graph>(
            p.name, with_images(p, {.values = {{"augment", "cutout"}, {"quality", "0"}}}));
        const std::string refused = error_of([&] { p.compose(*graph); });
        if (!refused.empty()) {
          ++of_points;
          CHECK(refused.starts_with("2 --set augment=cutout: '"));
          CHECK(refused.ends_with("' are points, only images can be augmented"));
          graph = std::make_unique<Graph>(p.name);
          p.compose(*graph);
        }
        std::set<std::string> names;
        for (const OptionInfo& o : graph->options()) names.insert(o.name);
        for (const std::string player : {"critic", "generator"})
          for (const std::string option : {".lr", ".beta1", ".beta2", ".momentum", ".optimizer"})
            CHECK(names.contains(player + option));
        // Every image that the critic scores, but for those of penalties, which see the same.
        const auto& nodes = graph->impl().nodes;
        int judged = 0;
        for (const GraphNode& n : nodes) {
          if (n.type != "Forward" || !n.name.starts_with("critic_")) continue;
          ++judged;
          const bool augmented = nodes[n.inputs[0]].name.find("_augment") != std::string::npos;
          CHECK(augmented == refused.empty());
        }
        CHECK(judged == (p.name.starts_with("progressive") ? 12 : 3));
      }
    CHECK(of_points == 8);  // thesis-1d, the toys, two lines and games of densities
  }

  // At the size that users train.
  TEST_CASE("the launches of every preset and graph keep what a list of launches promises" *
            doctest::test_suite("exhaustive")) {
    static const CheckingDevice device;
    for (const auto& list : {presets(), graphs()})
      for (const NamedGraph& p : list) {
        CAPTURE(p.name);
        device.faults.clear();
        with_data(p, {}, device);
        CHECK(device.faults == std::vector<std::string>{});
      }
    CHECK(device.count > 1000);
  }

  TEST_CASE("networks have the papers' parameter counts") {
    const auto check = [](const char* name, std::size_t d, std::size_t g) {
      CAPTURE(name);
      const LoweredReplica replica = with_data(named(name));
      CHECK(parameters(replica, "D") == d);
      CHECK(parameters(replica, "G") == g);
    };
    check("thesis-1d", 1 * 16 + 16 + 16 + 1, 1 * 16 + 16 + 16 + 1);
    check("thesis-28", 50305, 51152);
    check("thesis-48", 2304 * 64 + 64 + 64 + 1, 2 * 64 + 64 + 64 * 2304 + 2304);
    check("thesis-two", 784 * 128 + 128 + 128 + 1, 4 * 128 + 128 + 128 * 784 + 784);
    check("thesis-mnist", 117121, 689936);
    check("toy-8gaussians", 527361, 527874);
  }

  TEST_CASE("smooth to sharp: k and sigma follow the thesis' stages") {
    const auto at = [](const LoweredReplica& r, const std::string& name, Step step) {
      for (const LoweredScalar& s : r.scalars)
        if (s.name == name) return s.schedule.at(step);
      return -1e9;
    };
    const LoweredReplica sts = with_data(named("thesis-28-sts"));
    CHECK(at(sts, "k", 0) == 0);
    CHECK(at(sts, "k", 2499) == 0);
    CHECK(at(sts, "k", 2500) == -0.2);
    CHECK(at(sts, "k", 7500) == -0.8);
    CHECK(at(sts, "k", 10000) == -0.99999);
    CHECK(at(with_data(named("thesis-28")), "k", 0) == -0.99999);
    const LoweredReplica digits = with_data(named("thesis-mnist-sts"));
    CHECK(at(digits, "sigma", 0) == 2);
    CHECK(at(digits, "sigma", 9999) == 0.5);
    CHECK(at(digits, "sigma", 10000) == 0);
  }

  TEST_CASE("structural settings change the program, numbers do not") {
    const NamedGraph p = named("thesis-28");
    const LoweredReplica plain = with_data(p);
    const auto program = [](const LoweredReplica& r) { return r.trips[0].stages.back().program; };
    CHECK(program(with_data(p, {.values = {{"penalty.lambda", "3"}}})) == program(plain));
    CHECK(program(with_data(p, {.values = {{"lr", "linear(1e-3:0,0:100)"}}})) == program(plain));
    CHECK_FALSE(program(with_data(p, {.values = {{"critic", "32x32"}}})) == program(plain));
    CHECK(with_data(p, {.values = {{"penalty.lambda", "3"}}}).hash != plain.hash);
  }

  TEST_CASE("every optimizer has the state that is its own") {
    const auto state = [](const char* optimizer) {
      const LoweredReplica replica =
          with_data(named("wgan"), {.values = {{"optimizer", optimizer}}});
      const std::string of = "critic_step/D/0/w/";
      std::vector<std::string> names;
      for (const VariableInfo& v : replica.variables)
        if (v.name.starts_with(of)) names.push_back(v.name.substr(of.size()));
      return names;
    };
    using Names = std::vector<std::string>;
    CHECK(state("rmsprop") == Names{"square_avg"});
    CHECK(state("rmsprop.tf") == Names{"square_avg"});
    CHECK(state("adam") == Names{"avg", "square_avg", "avg_weight", "square_avg_weight"});
    CHECK(state("sgd") == Names{"momentum"});
    CHECK(error_of([&] {
            state("adamw");
          }).starts_with("2 --set optimizer=adamw: no such optimizer; did you mean 'adam'?"));
  }

  // Was: only that they compile, so every name could have meant the same.
  TEST_CASE("every optimizer, loss and measure is a program of its own") {
    const auto distinct = [](const char* graph, const std::string& option, std::size_t phase,
                             const std::vector<std::string>& names) {
      std::set<std::shared_ptr<const Executable>> programs;
      for (const std::string& name : names)
        programs.insert(with_data(named(graph), {.values = {{option, name}}})
                            .trips[phase]
                            .stages.back()
                            .program);
      CAPTURE(option);
      CHECK(programs.size() == names.size());
    };
    distinct("wgan", "optimizer", 0, {"rmsprop", "rmsprop.tf", "adam", "sgd"});
    distinct("wgan", "optimizer", 1, {"rmsprop", "rmsprop.tf", "adam", "sgd"});
    distinct("gan", "loss", 1, {"minimax", "non-saturating"});
    for (const char* graph : {"toy-25gaussians", "wgan-gp"})
      distinct(graph, "measure", 0,
               {"interpolated", "real", "fake", "midpoint", "dragan", "anchored"});
  }
}

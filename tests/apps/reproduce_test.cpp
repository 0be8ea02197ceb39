// Experiments of the papers: one run of cells, its summary, its table.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

#include "apps/results/results.h"
#include "io/disk/durable.h"
#include "io/run/run_index.h"
#include "support/command.h"
#include "support/run_example.h"
#include "support/says.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Two graphs, a GAN and a WGAN-GP of two spheres, two seeds each.
const std::string kSmall =
    "reproduce table-5.14 --batch 16 --repeats 2 --threads 2 --cells \"GAN (28) direct,WGAN (two) "
    "STS\" --checkpoint-every 50 ";

std::string table_of(const Outcome& outcome) {
  const auto begin = outcome.output.find("table-5.14: direct against");
  return outcome.output.substr(std::min(begin, outcome.output.size()));
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_SUITE("reproduce") {
  TEST_CASE("without a name the experiments are listed with their cost; names are refused kindly") {
    const Outcome list = command("reproduce");
    CHECK(list.exit_code == 0);
    says(list, "table-5.6");
    says(list, "TH-31: 16 cells x 20 repeats, 10000 steps, about ");
    says(command("list"), "experiments (reproduce)\n  exp-1 ");
    const Outcome none = command("reproduce table-5.15");
    CHECK(none.exit_code == 2);
    says(none, "ganflow: 'table-5.15': no such experiment; did you mean 'table-5.14'? there are: ");
    says(command("reproduce table-5.6 --cells round --steps 1"),
         "ganflow: --cells round: 'table-5.6' has no such cell");
    says(command("reproduce table-5.6 --set l2=0 --steps 1"),
         "ganflow: --set l2=0: the experiment's cell 'sharp 0' sets 'l2' itself; leave it out");
  }

  TEST_CASE("cells of other graphs are one run; each is what its preset makes alone") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    const Outcome outcome = command(kSmall + "--steps 120 --out " + run);
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    const std::string table = table_of(outcome);
    CHECK(table.find("SHORTENED OR CHANGED by --cells GAN (28) direct --cells WGAN (two) STS "
                     "--repeats 2 --steps 120 --batch 16\n") != std::string::npos);
    CHECK(table.find("1.1525") != std::string::npos);  // published
    CHECK(table.find(" 2  ") != std::string::npos);    // runs of a cell
    const auto claim = table.find("WGAN (48): KL of STS is below that of direct");
    REQUIRE(claim != table.npos);
    CHECK(table.substr(table.rfind('\n', claim), 13) == "\n  not tested");
    const std::string alone = dir / "alone";
    REQUIRE(command("train thesis-two-sts --batch 16 --steps 120 --seed 2 --checkpoint-every 50 "
                    "--out " +
                    alone)
                .exit_code == 0);
    CHECK(left_by(run, 3) == left_by(alone, 0));
    const RunInfo info = read_run_index(run).info;
    CHECK(info.graph == "table-5.14");
    CHECK(info.graph_of(info.replicas[3]) == "thesis-two-sts");
    CHECK(info.options_of(info.replicas[3]).at("data") == "spheres:two");
    // Its replicas can be used like those of any run.
    CHECK(command("sample " + run + " --replica 3 -n 4").exit_code == 0);
    says(command("evaluate " + run + " --replica 0"), "  kl ");
    says(command("train thesis-28 --resume --out " + run),
         "the run was begun otherwise: graph was table-5.14");
  }

  TEST_CASE("killed and resumed by either verb, it ends with the same bits and the same table") {
    const TemporaryDirectory dir;
    const std::string whole = dir / "whole", killed = dir / "killed", log = dir / "log";
    const Outcome straight = command(kSmall + "--steps 400 --out " + whole);
    REQUIRE_MESSAGE(straight.exit_code == 0, straight.output);
    const pid_t pid = start_command({"reproduce", "table-5.14", "--batch", "16", "--repeats", "2",
                                     "--threads", "2", "--cells", "GAN (28) direct,WGAN (two) STS",
                                     "--checkpoint-every", "50", "--steps", "400", "--out", killed},
                                    log);
    while (directory_entries(killed + "/replica_002/checkpoints").empty())
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    const Outcome resumed = command("train --resume " + killed);
    REQUIRE_MESSAGE(resumed.exit_code == 0, resumed.output);
    CHECK(table_of(resumed).substr(0, table_of(straight).find("run directory")) ==
          table_of(straight).substr(0, table_of(straight).find("run directory")));
    for (int r = 0; r < 4; ++r) CHECK(left_by(killed, r) == left_by(whole, r));
    says(command("reproduce table-5.14 --resume " + killed), "nothing to do");
  }

  TEST_CASE("the summary of a run: a row a replica, settings as numbers, last and extreme values") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run", out = dir / "out";
    REQUIRE(command(kTiny +
                    "--seed 5 --set \"lr=5e-4,1e-3\" --set n_critic=1 --replicas 2 --steps "
                    "20 --evaluate-every 5 --out " +
                    run)
                .exit_code == 0);
    const Outcome pandas = shell(
        "/usr/bin/python3 -c \"\n"
        "import h5py, pandas as pd\n"
        "s = h5py.File('" +
        run +
        "/run.h5')['summary']\n"
        "d = pd.DataFrame({k: v[:] for k, v in s.items()})\n"
        "print(list(d.columns[:6]), d.lr.tolist(), d.seed.tolist(), d.step.tolist())\n"
        "m = h5py.File('" +
        run +
        "/metrics.h5')\n"
        "for r in range(4):\n"
        "  for t, c in (('quality', 'share_inside'), ('critic', 'objective')):\n"
        "    v = m['replica_%03d/%s' % (r, t)][c].astype(float)\n"
        "    n = t + '_' + c\n"
        "    assert (d[n][r], d[n + '_least'][r], d[n + '_greatest'][r]) == (v[-1], v.min(), "
        "v.max())\n"
        "\"");
    CHECK(pandas.output ==
          "['replica', 'seed', 'graph', 'cell', 'critic', 'generator'] [0.0005, 0.0005, 0.001, "
          "0.001] [5, 6, 5, 6] [20, 20, 20, 20]\n");
    REQUIRE(command("export " + run + " --csv --out " + out).exit_code == 0);
    const std::string csv = text_of(out + "/summary.csv");
    CHECK(csv.starts_with("replica,seed,graph,cell,critic,generator,lr,n_critic,step,"));
    CHECK(csv.find("\n2,5,toy-8gaussians,,16,16,0.001,1,20,") != std::string::npos);
  }

  // Was: the first replica's length was that of all, in silence.
  TEST_CASE(
      "a table of theory holds as published; its rows are read at a step and by their slope") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    const Outcome outcome = command("reproduce lemma-1 --out " + run);
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    for (const char* claim :
         {"without a penalty it goes away", "with one it comes home", "taking turns it stays"}) {
      const auto at = outcome.output.find(claim);
      REQUIRE(at != std::string::npos);
      CHECK(outcome.output.substr(outcome.output.rfind('\n', at), 8) == "\n  holds");
    }
    // Euler's step multiplies the distance by sqrt(1 + h^2); a row is as its step begins.
    const auto radius = [](double steps) { return std::sqrt(2.0) * std::pow(1.01, steps / 2); };
    const Cell cell{"simultaneous mass 0", "dirac-gan"};
    using enum TableMeasure::Reading;
    const Experiment read{.name = "lemma-1",
                          .cells = {cell},
                          .measures = {{"at", "flow_step.radius", at, 101},
                                       {"slope", "flow_step.radius", slope},
                                       {"later", "flow_step.radius", at, 502}}};
    const auto found = results::read_results(read, run);
    REQUIRE(found.size() == 1);
    CHECK(found[0].values.at("at").at(0) == doctest::Approx(radius(100)).epsilon(1e-4));
    std::vector<double> x, y;
    for (int step = 402; step <= 501; ++step) {
      x.push_back(step / 1000.0);
      y.push_back(radius(step - 1));
    }
    CHECK(found[0].values.at("slope").at(0) ==
          doctest::Approx(results::line_through(x, y).slope).epsilon(1e-3));
    CHECK(!found[0].values.contains("later"));
  }

  TEST_CASE("the measure of real images falls with their number (TH-15)") {
    const TemporaryDirectory dir;
    const Outcome outcome = command("reproduce fig-3.4 --out " + (dir / "run"));
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    for (const char* n : {"300", "1000", "3000", "10000"})
      says(outcome, fmt::format("  holds  KL falls to n {}", n));
  }

  TEST_CASE("members of other lengths are refused") {
    const Outcome outcome = command("train thesis-28 --steps 10 --set count=critic,generator");
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.output ==
          "ganflow: one of the replicas ('thesis-28') makes 50 critic updates, the first "
          "('thesis-28') 10: those of one run are as long; train them one by one\n");
  }
}

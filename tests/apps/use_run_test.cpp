// What a user does after training: sample, evaluate, list, look at the plan, the trace, the graph.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "io/disk/hdf5.h"
#include "io/images/png.h"
#include "io/run/run_index.h"
#include "support/command.h"
#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_SUITE("use_run") {
  TEST_CASE("sample and evaluate repeat what the run saw") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    REQUIRE(command("train thesis-28 --steps 20 --batch 16 --out " + run).exit_code == 0);
    const Outcome sample = command("sample " + run + " -n 64 --out " + (dir / "again"));
    REQUIRE_MESSAGE(sample.exit_code == 0, sample.output);
    // The run's own latents: the same picture, byte for byte.
    const Pixels was = read_png(run + "/replica_000/samples/step_000000020.png");
    const Pixels is = read_png(dir / "again.png");
    CHECK(was.width == is.width);
    CHECK(was.data == is.data);
    REQUIRE(command("sample " + run + " --draw 1 --out " + (dir / "other")).exit_code == 0);
    CHECK_FALSE(read_png(dir / "other.png").data == was.data);

    const Outcome evaluate = command("evaluate " + run);
    REQUIRE_MESSAGE(evaluate.exit_code == 0, evaluate.output);
    std::istringstream lines(evaluate.output);
    double kl = -1;
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("  kl ")) kl = std::stod(line.substr(5));
    const auto rows = left_by(run, 0).tables.at("quality");
    double stored = 0;
    std::memcpy(&stored, rows.data() + 8, sizeof stored);  // after step
    CHECK(kl == doctest::Approx(stored).epsilon(1e-5));

    CHECK(command("sample " + run + " --replica 3").output.find("the run has replicas 0 to 0") !=
          std::string::npos);
    CHECK(command("evaluate " + (dir / "none")).exit_code == 2);
  }

  // Was: 936 of 1,000 samples of draw 1 were those of draw 0.
  TEST_CASE("another draw has other samples") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    REQUIRE(command("train toy-swissroll --steps 5 --batch 16 --out " + run).exit_code == 0);
    std::set<std::vector<float>> points;
    for (const char* draw : {"0", "1"}) {
      const std::string out = dir / draw;
      REQUIRE(command("sample " + run + " -n 1000 --draw " + draw + " --out " + out).exit_code ==
              0);
      const hdf5::File file = hdf5::open_file(out + ".h5");
      std::vector<float> values(2000);
      REQUIRE(H5Dread(hdf5::open_dataset(file.id(), "points").id(), H5T_NATIVE_FLOAT, H5S_ALL,
                      H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
      for (std::size_t i = 0; i < values.size(); i += 2) points.insert({values[i], values[i + 1]});
    }
    CHECK(points.size() > 1990);
  }

  // Was: the pictures of paths took the place of the samples.
  TEST_CASE("every sample grid of a graph has files of its own") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run", out = dir / "out";
    REQUIRE(command("train cdcgan --data " + cifar_data() +
                    " --set frames=5 --steps 1 --batch 4 --out " + run)
                .exit_code == 0);
    REQUIRE(command("sample " + run + " -n 10 --out " + out).exit_code == 0);
    const Pixels samples = read_png(out + ".png"), paths = read_png(out + "_paths.png");
    CHECK(paths.width > 2 * paths.height);  // 5 frames beside each other, 2 paths
    CHECK(samples.data != paths.data);
    for (const char* file : {".h5", "_paths.h5"})
      CHECK(hdf5::extents(hdf5::open_dataset(hdf5::open_file(out + file).id(), "images"))[0] == 10);
  }

  // Was: the checkpoint was loaded into whatever graph of the same Variables was composed.
  TEST_CASE("a graph that is not the run's is refused, a damaged index explained") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    REQUIRE(command("train thesis-28 --steps 2 --batch 16 --fuse off --out " + run).exit_code == 0);
    CHECK(command("sample " + run + " --out " + (dir / "same")).exit_code == 0);
    const auto with_option = [&](const std::string& name, const std::string& value) {
      RunIndex index = read_run_index(run);
      index.info.options[name] = value;
      write_run_index(run, index);
    };
    with_option("batch", "17");
    for (const char* verb : {"sample ", "evaluate "}) {
      const Outcome other = command(verb + run);
      CHECK(other.exit_code == 2);
      CHECK(other.output == "ganflow: " + run +
                                ": replica 0 was trained with other data or another version of the "
                                "program; its checkpoint cannot be used with this one\n");
    }
    with_option("batch", "many");
    CHECK(command("sample " + run).output ==
          "ganflow: " + run +
              ": its index records batch as 'many', which is no whole number: it is damaged\n");
  }

  TEST_CASE("the trace shows sampling, sharpening and the next fakes beside the critic") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    // A batch that is worth a core: smaller ones are made by the thread that needs them
    // (in_line.h).
    REQUIRE(
        command("train thesis-two-sts --batch 2048 --steps 60 --threads 2 --trace --dot --out " +
                run)
            .exit_code == 0);
    const auto trace = nlohmann::json::parse(text_of(run + "/trace.json"));
    const auto& events = trace.contains("traceEvents") ? trace["traceEvents"] : trace;
    struct Span {
      double begin, end;
    };
    std::vector<Span> critic;
    for (const auto& e : events)
      if (e["ph"] == "X" && e["name"] == "critic_step")
        critic.push_back({e["ts"].get<double>(), e["ts"].get<double>() + e["dur"].get<double>()});
    CHECK(critic.size() >= 60);
    std::map<std::string, int> overlaps;
    for (const auto& e : events) {
      if (e["ph"] != "X") continue;
      const double begin = e["ts"], end = begin + e["dur"].get<double>();
      for (const Span& c : critic)
        if (begin < c.end && c.begin < end) {
          ++overlaps[e["name"]];
          break;
        }
    }
    for (const char* node : {"spheres", "sharpen", "generate"})
      CHECK_MESSAGE(overlaps[node] > 0, node);
    const std::string dot = text_of(run + "/graph.dot");
    CHECK(dot.starts_with("digraph"));
    // It did not say which network a node applies or moves.
    for (const char* label : {"critic_step\\nRmsProp D\"", "critic_real\\nForward D\\n(",
                              "generate\\nForward G\\n(", "penalty\\nGradientPenalty D\\n("})
      CHECK_MESSAGE(dot.find(label) != std::string::npos, label);
  }

  TEST_CASE("list, --plan and --help say what there is") {
    const std::string list = command("list").output;
    for (const char* name : {"thesis-28-sts", "toy-swissroll", "wgan-gp", "mnist", "gaussians25"})
      CHECK_MESSAGE(list.find(name) != std::string::npos, name);
    const Outcome plan = command("train thesis-28 --plan");
    CHECK(plan.exit_code == 0);
    CHECK(plan.output.find("critic_step") != std::string::npos);
    CHECK(plan.output.find("101457 parameters") != std::string::npos);
    CHECK(command("train --help").output.find("--checkpoint-every") != std::string::npos);
  }

  // Was: a '#' inside quotes began a comment, what is no TOML was left out or called a flag, a
  // directory was empty.
  TEST_CASE("a TOML file that is none is refused with its line") {
    const TemporaryDirectory dir;
    const std::string file = dir / "run.toml";
    const auto said = [&](const std::string& text) {
      std::ofstream(file) << text;
      const Outcome outcome = command("train thesis-28 --plan --config " + file);
      CHECK(outcome.exit_code == 2);
      return outcome.output;
    };
    const std::string begin = "ganflow: --config " + file + ": ";
    CHECK(said("steps = 10\nset = [\"lr=1\"\nbatch = 8\n").starts_with(begin + "line 3, column "));
    CHECK(said("this is not toml\n").starts_with(begin + "line 1, column "));
    CHECK(said("steps 10\n").starts_with(begin + "line 1, column "));
    CHECK(said("[train]\nsteps = 10\n")
              .starts_with(begin + "line 1, column 1: 'train' is no text, number or truth value"));
    CHECK(
        said(std::string(2000000, '\n'))
            .starts_with(begin + "it may have 2000000 bytes, a file of flags has at most 1048576"));
    CHECK(command("train thesis-28 --plan --config " + dir.path()).output ==
          "ganflow: " + dir.path() + " is not a file\n");
    std::ofstream(file) << "out = \"" << (dir / "a#1") << "\"  # where\nsteps = 10\nbatch = 8\n";
    CHECK(command("train thesis-28 --config " + file).exit_code == 0);
    CHECK(std::filesystem::exists(dir / "a#1/run.h5"));
  }

  TEST_CASE("flags from a TOML file") {
    const TemporaryDirectory dir;
    std::ofstream(dir / "run.toml")
        << "steps = 10\nbatch = 8\nset = [\"lr=1e-4\", \"penalty.lambda=5\"]\n";
    const std::string run = dir / "run";
    const Outcome outcome =
        command("train thesis-28 --config " + (dir / "run.toml") + " --out " + run);
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    CHECK(left_by(run, 0).step == 10);
    CHECK(read_run_index(run).info.options.at("penalty.lambda") == "5");
  }
}

// A run goes on with the flags it was begun with, wherever they came from.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "apps/command/numbers.h"
#include "io/run/run_index.h"
#include "support/run_example.h"
#include "support/says.h"

using namespace ganflow;
using namespace ganflow::cli;
using namespace ganflow::test;

namespace {

std::string refusal(const std::string& text) {
  return error_of([&] { parse_whole(text, 1, 1000000); });
}

}  // namespace

TEST_SUITE("resume_flags") {
  // Was: every flag had to be given again.
  TEST_CASE("--resume RUN alone goes on as it was begun") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run", whole = dir / "whole";
    const std::string flags =
        kTiny + "--set lr=5e-4,1e-3 --measure real --seed 7 --sample-every 0 ";
    REQUIRE(command(flags + "--steps 200 --out " + whole).exit_code == 0);
    REQUIRE(command(flags + "--steps 100 --out " + run).exit_code == 0);
    const Outcome done = command("train --resume " + run);
    CHECK(done.exit_code == 0);
    says(done, ": nothing to do: the run has 100 critic updates, 100 are asked for");
    const Outcome more = command("train --steps 200 --resume " + run);
    REQUIRE_MESSAGE(more.exit_code == 0, more.output);
    for (const int replica : {0, 1})
      CHECK(left_by(run, replica).variables == left_by(whole, replica).variables);
    const Outcome fewer = command("train toy-8gaussians --resume --steps 50 --out " + run);
    CHECK(fewer.exit_code == 0);
    says(fewer, "the run has 200 critic updates, 50 are asked for");
  }

  // Was: the first difference only, some without the two values.
  TEST_CASE("all differences are said at once, each with both values") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    REQUIRE(command(kTiny + "--steps 20 --out " + run).exit_code == 0);
    const Outcome other =
        command("train --resume " + run + " --set lr=0.5 --batch 8 --seed 3 --set critic=8");
    CHECK(other.exit_code == 2);
    says(other, "seed was 1, these flags say 3");
    says(other, "batch was 16, these flags say 8");
    says(other, "critic was 16, these flags say 8");
    says(other, "these flags say 0.5; ");
    CHECK(other.output.find("generator was") == std::string::npos);
  }

  // Was: any --set on the command line dropped every one of the file.
  TEST_CASE("--set of a file and of the command line are merged by name") {
    const TemporaryDirectory dir;
    const std::string file = dir / "run.toml", run = dir / "run";
    std::ofstream(file) << "preset = \"toy-8gaussians\"\nsteps = 1e1\nbatch = 16\n"
                           "set = [\"lr=1e-4\", \"generator=16\", \"critic=16\"]\n";
    const Outcome outcome = command("train --config " + file + " --set generator=8 --out " + run);
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    const auto options = read_run_index(run).info.options;
    CHECK(options.at("lr") == "0.0001");
    CHECK(options.at("generator") == "8");
    CHECK(options.at("critic") == "16");
    CHECK(options.at("steps") == "10");
  }

  // Was: "the following arguments were not expected", without the file.
  TEST_CASE("a key or a value of a file is refused with file, line and key") {
    const TemporaryDirectory dir;
    const std::string file = dir / "run.toml";
    std::ofstream(file) << "steps = 10\ncheckpoint_every = 5\n";
    const Outcome key = command("train thesis-28 --config " + file);
    CHECK(key.exit_code == 2);
    says(key, "--config " + file +
                  ": line 2: 'checkpoint_every': no such flag; an option of the "
                  "graph is written set = [\"checkpoint_every=...\"]; did you mean "
                  "'--checkpoint-every'?");
    std::ofstream(file) << "batch = 8\n\nsteps = \"20q\"\n";
    const Outcome value = command("train thesis-28 --config " + file);
    CHECK(value.exit_code == 2);
    says(value, "--config " + file + ": line 3: --steps: 20q is given, it must be a whole number");
  }

  // Was: 20k "must be at least 1", 1e4 "could not convert".
  TEST_CASE("whole numbers as people write them") {
    CHECK(parse_whole("20k", 1, 1000000) == 20000);
    CHECK(parse_whole("1e4", 1, 1000000) == 10000);
    CHECK(parse_whole("1.5k", 1, 1000000) == 1500);
    CHECK(parse_whole("0.5M", 1, 1000000) == 500000);
    CHECK(parse_whole("2e+1", 1, 1000000) == 20);
    CHECK(parse_whole("500e-1", 1, 1000000) == 50);
    CHECK(parse_whole("18446744073709551615", 0, ~0ull) == ~0ull);
    CHECK(parse_whole("0e999", 0, 1) == 0);
    for (const char* text :
         {"", "-", "k", "1.5", "1e-3", "20q", "1e", ".", "1 2", "0x10", "1e9999"})
      CHECK(refusal(text) ==
            std::string("2 ") + text + " is given, it must be a whole number: 20000, 20k or 2e4");
    CHECK(refusal("-1k") == "2 -1k is given, it must be at least 1");
    CHECK(refusal("0") == "2 0 is given, it must be at least 1");
    CHECK(refusal("1e7") == "2 1e7 is given, it must be at most 1000000");
    CHECK(refusal("1e900") == "2 1e900 is given, it must be at most 1000000");
  }

  // Was: nothing was kept but the newest, without a word.
  TEST_CASE("--keep-best of what is measured at the end only") {
    const TemporaryDirectory dir;
    const Outcome outcome =
        command(kTiny + "--keep-best quality.modes:max --evaluate-every 0 --out " + (dir / "run"));
    CHECK(outcome.exit_code == 2);
    says(outcome, "--keep-best quality.modes:max: 'quality' is measured at the end only");
    CHECK_FALSE(std::filesystem::exists(dir / "run"));
  }

  // Was: the files of the run were made between those that were there, in / as well.
  TEST_CASE("a directory of other things stays as it is") {
    const TemporaryDirectory dir;
    std::ofstream(dir / "thesis.tex") << "mine";
    const Outcome outcome = command(kTiny + "--steps 5 --out " + dir.path());
    CHECK(outcome.exit_code == 2);
    says(outcome, "--out " + dir.path() + ": the directory holds 'thesis.tex' and no run");
    CHECK_FALSE(std::filesystem::exists(dir / "run.lock"));
    const Outcome root = command(kTiny + "--steps 5 --out /");
    CHECK(root.exit_code == 2);
    says(root, "--out /: the directory holds '");
  }

  // Was: run.lock was standard error, and the progress was written into it.
  TEST_CASE("closed standard descriptors never receive files of a run") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    const std::string start = "sh -c 'exec \"$0\" \"$@\" <&- >&- 2>&-'";
    REQUIRE(command(kTiny + "--steps 2000 --out " + run, start).exit_code == 0);
    std::ifstream lock(run + "/run.lock");
    std::string line;
    std::getline(lock, line);
    CHECK(line.starts_with("pid "));
    CHECK_FALSE(std::getline(lock, line));
    const Outcome verify = command("verify " + run);
    CHECK_MESSAGE(verify.exit_code == 0, verify.output);
  }

  // Was: "A subcommand is required", "the following arguments were not expected".
  TEST_CASE("commands and flags that do not exist: the nearest") {
    says(command("trian x"),
         "ganflow: 'trian': no such command; did you mean 'train'? there are: ");
    const Outcome flag = command("train thesis-28 --stepps 5");
    CHECK(flag.exit_code == 2);
    says(flag,
         "--stepps: no such flag; if it is an option of the graph, write --set stepps=...; did you "
         "mean "
         "'--steps'?");
    says(command("train thesis-28 --lr 1e-3"), "write --set lr=...");
    CHECK(command("train").exit_code == 2);
  }

  // Was: lines of up to 150 characters, of which each redraw left two or three on the terminal.
  TEST_CASE("the live line fits the terminal and says whose numbers it shows") {
    const TemporaryDirectory dir;
    const auto shown = [&](int columns, const std::string& run) {
      const Outcome outcome =
          command(kTiny + "--steps 300 --replicas 2 --out " + run + "\" " + (dir / "typescript") +
                      " > /dev/null < /dev/null; cat " + (dir / "typescript") + "; true",
                  "script -qec \"stty cols " + std::to_string(columns) + ";");
      std::vector<std::string> lines;
      const std::string begin = "\r\033[K";
      for (auto at = outcome.output.find(begin); at != std::string::npos;) {
        at += begin.size();
        const auto end = std::min(outcome.output.find(begin, at), outcome.output.find('\r', at));
        lines.push_back(outcome.output.substr(at, end - at));
        at = outcome.output.find(begin, at);
      }
      return lines;
    };
    const std::vector<std::string> narrow = shown(40, dir / "a"), wide = shown(140, dir / "b");
    REQUIRE_FALSE(narrow.empty());
    for (const std::string& line : narrow) CHECK(line.size() <= 39);
    REQUIRE_FALSE(wide.empty());
    CHECK(wide.back().find("  replica ") != std::string::npos);
  }

  // Was: went on without a word, though the bits differ.
  TEST_CASE("a run that goes on with another instruction set says so") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    REQUIRE(command(kTiny + "--steps 20 --out " + run).exit_code == 0);
    CHECK(command("train --steps 30 --resume " + run).output.find("instruction set") ==
          std::string::npos);
    RunIndex index = read_run_index(run);
    CHECK_FALSE(index.info.instructions.empty());
    index.info.instructions = "x86-64-v9";
    write_run_index(run, index);
    const Outcome outcome = command("train --steps 40 --resume " + run);
    CHECK(outcome.exit_code == 0);
    says(outcome, "begun with the instruction set x86-64-v9, this machine computes with ");
  }

  // Was: two starts at one time took the same number, and one of them ended.
  TEST_CASE("starts at one time have directories of their own") {
    const TemporaryDirectory dir;
    std::string all;
    for (int i = 0; i < 4; ++i)
      all += fmt::format("{} train toy-8gaussians --steps 1 --batch 4 --threads 1 > log{} 2>&1 & ",
                         GANFLOW_COMMAND, i);
    CHECK(std::system(("cd " + dir.path() + " && (" + all + " wait)").c_str()) == 0);
    for (int i = 1; i <= 4; ++i)
      CHECK(std::filesystem::exists(dir / fmt::format("runs/toy-8gaussians-{:03}/run.h5", i)));
  }
}

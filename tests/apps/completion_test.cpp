#include "apps/command/completion.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include "support/command.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// What bash proposes for the last of these words.
std::string proposed(const std::string& script, const std::vector<std::string>& words) {
  const TemporaryDirectory dir;
  std::ofstream file(dir / "a.sh");
  file << script << "COMP_WORDS=(";
  for (const std::string& word : words) file << '"' << word << "\" ";
  file << ")\nCOMP_CWORD=" << words.size() - 1 << "\n_ganflow\necho ${COMPREPLY[@]}\n";
  file.close();
  const std::string out = dir / "out";
  CHECK(std::system(("bash " + (dir / "a.sh") + " > " + out + " 2>&1").c_str()) == 0);
  std::ifstream result(out);
  return {std::istreambuf_iterator<char>(result), {}};
}

}  // namespace

TEST_SUITE("completion") {
  // Was: neither --version nor completion.
  TEST_CASE("the version, and what bash completes") {
    const Outcome version = command("--version");
    CHECK(version.exit_code == 0);
    CHECK(version.output.starts_with("ganflow "));
    CHECK(version.output.find('.') != std::string::npos);
    const Outcome outcome = command("completion bash");
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    const std::string& script = outcome.output;
    CHECK(proposed(script, {"ganflow", "sa"}) == "sample\n");
    CHECK(proposed(script, {"ganflow", "train", "thesis-mnist-st"}) == "thesis-mnist-sts\n");
    CHECK(proposed(script, {"ganflow", "train", "thesis-28", "--steps", "5", "--checkp"}) ==
          "--checkpoint-every\n");
    CHECK(proposed(script, {"ganflow", "train", "dcgan", "--data", "cifar10"}) ==
          "cifar10 cifar100\n");
    CHECK(proposed(script, {"ganflow", "verify", "--st"}) == "\n");
    CHECK(proposed(script, {"ganflow", "completion", "z"}) == "zsh\n");
    const Outcome zsh = command("completion zsh");
    CHECK(zsh.output.starts_with("#compdef ganflow\n"));
    if (std::system("command -v zsh > /dev/null") == 0) {
      const TemporaryDirectory dir;
      std::ofstream(dir / "a") << zsh.output;
      CHECK(std::system(("zsh -n " + (dir / "a")).c_str()) == 0);
    }
    CHECK(command("completion fish").exit_code == 2);
  }
}

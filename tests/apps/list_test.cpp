#include <doctest/doctest.h>

#include "support/command.h"
#include "support/image_files.h"

using namespace ganflow::test;

TEST_SUITE("command") {
  TEST_CASE("list --graph prints a graph's networks, with --plan also its stages and memory" *
            doctest::test_suite("exhaustive")) {
    const Outcome list = command("list --graph thesis-28");
    CHECK(list.exit_code == 0);
    CHECK(list.output.find("network D") != std::string::npos);
    CHECK(list.output.find(" 50240 ") != std::string::npos);  // 784 * 64 + 64
    CHECK(list.output.find(" 50305 ") != std::string::npos);
    CHECK(list.output.find("phase critic") == std::string::npos);
    CHECK(list.output.starts_with("thesis-28: --batch 64 --steps 20000 --data spheres\n"));
    const auto row = [&](const std::string& option) {
      const auto begin = list.output.find("\n  " + option + " ") + 1;
      return list.output.substr(begin, list.output.find('\n', begin) - begin);
    };
    CHECK(row("lr").find(" 0.001 ") != std::string::npos);
    CHECK(row("lr").find(" schedule, at least 0 ") != std::string::npos);
    CHECK(row("lr").ends_with("  learning rate"));
    // Was: options of techniques that are off were told by no command.
    CHECK(list.output.find("with --set noise=1\n") != std::string::npos);
    CHECK(row("noise.sigma").find(" schedule") != std::string::npos);
    const Outcome plan = command("list --plan --set width=2 --batch 2 --graph guide-dcgan",
                                 "GANFLOW_DATA=" + cifar_root());
    CHECK(plan.exit_code == 0);
    CHECK(plan.output.find("deconv3                (2,32,32)") != std::string::npos);
    CHECK(plan.output.find("KiB arena") != std::string::npos);
    CHECK(command("list --graph thesis-29").exit_code == 2);
  }
}

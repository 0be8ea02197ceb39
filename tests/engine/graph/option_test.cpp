#include "engine/graph/option.h"

#include <doctest/doctest.h>

#include "engine/graph/graph.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

Graph with(std::map<std::string, std::string> values) {
  return Graph("test", {.values = std::move(values)});
}

const Option<int> kLatent{"latent", 2, at_least(1), "size of z"};
const Option<double> kDecay{"decay", 0.9, half_open(0, 1), "of the average"};
const Option<bool> kReuse{"reuse", false, "draw once"};
const Choice<int> kNorm{"norm", "batch", {{"batch", 1}, {"none", 0}}, "behind every layer"};

}  // namespace

TEST_SUITE("options") {
  TEST_CASE("the default holds unless --set says otherwise") {
    Graph plain = with({});
    CHECK(plain.option(kLatent) == 2);
    CHECK(plain.option(kDecay) == 0.9);
    CHECK_FALSE(plain.option(kReuse));
    CHECK(plain.option(kNorm) == 1);
    Graph set = with({{"latent", "7"}, {"decay", "0"}, {"reuse", "true"}, {"norm", "none"}});
    CHECK(set.option(kLatent) == 7);
    CHECK(set.option(kDecay) == 0);
    CHECK(set.option(kReuse));
    CHECK(set.option(kNorm) == 0);
  }

  // Was: latent=4000000000 "is a whole number", images=-5 spoke of 18446744073709551611,
  // average=1.5 ran and diverged.
  TEST_CASE("a number out of range is refused with the range") {
    const auto said = [](const std::string& name, const std::string& text, const auto& option) {
      return error_of([&] { with({{name, text}}).option(option); });
    };
    CHECK(said("latent", "0", kLatent) == "2 --set latent=0: latent must be at least 1");
    CHECK(said("latent", "-5", kLatent) == "2 --set latent=-5: latent must be at least 1");
    for (const std::string large : {"4000000000", "99999999999999999999"})
      CHECK(said("latent", large, kLatent) ==
            "2 --set latent=" + large + ": latent must be from 1 to 2147483647");
    CHECK(said("latent", "12.5", kLatent) == "2 --set latent=12.5: the option is a whole number");
    CHECK(said("latent", "", kLatent) == "2 --set latent=: the option is a whole number");
    CHECK(said("decay", "1", kDecay) == "2 --set decay=1: decay must be at least 0 and below 1");
    CHECK(said("decay", "nan", kDecay) == "2 --set decay=nan: decay must be a finite number");
    CHECK(said("decay", "0.5x", kDecay) == "2 --set decay=0.5x: the option is a number");
    const Option<double> any{"any", 0, any_number(), ""};
    CHECK(said("any", "inf", any) == "2 --set any=inf: any must be a finite number");
    CHECK(said("any", "1e999", any) == "2 --set any=1e999: any must be a finite number");
  }

  // Was: reuse_noise=7 was a number that is not 0.
  TEST_CASE("a truth value is 0, 1, true or false") {
    for (const auto& [text, value] :
         {std::pair{"0", false}, {"1", true}, {"false", false}, {"true", true}}) {
      Graph g = with({{"reuse", text}});
      CHECK(g.option(kReuse) == value);
      CHECK(g.options()[0].value == (value ? "1" : "0"));
    }
    CHECK(error_of([] {
            with({{"reuse", "7"}}).option(kReuse);
          }) == "2 --set reuse=7: no such truth value; there are: 0, 1, false, true");
  }

  TEST_CASE("a choice that is none is refused with the nearest") {
    CHECK(error_of([] {
            with({{"norm", "bacth"}}).option(kNorm);
          }) == "2 --set norm=bacth: no such norm; did you mean 'batch'? there are: batch, none");
  }

  // Was: of two defaults of one name the second was used where it stood, and the first recorded.
  TEST_CASE("one name is one declaration") {
    Graph g = with({});
    g.option(kLatent);
    CHECK(g.option(kLatent) == 2);
    CHECK(g.options().size() == 1);
    CHECK(error_of([&] {
            g.option(Option<int>{"latent", 3, at_least(1), "size of z"});
          }) ==
          "2 graph test: option 'latent' is declared twice, once with default '2', whole, at least "
          "1, 'size of z' and once with default '3', whole, at least 1, 'size of z'");
    CHECK(error_of([&] { g.option(Option<int>{"latent", 2, at_least(0), "size of z"}); }) != "");
    CHECK(error_of([&] { g.option(Option<std::string>{"latent", "2", "size of z"}); }) != "");
    CHECK(error_of([&] {
            g.option(Option<int>{"width", 0, at_least(1), ""});
          }) == "2 graph test: option 'width' has the default 0, it must be at least 1");
  }

  // Was: lr=5e-4 and lr=0.0005 were two runs, so was a default that is written out.
  TEST_CASE("equal values have equal texts, whatever was typed") {
    Graph plain = with({}), set = with({{"decay", "9e-1"}, {"lr", " 5e-4"}, {"latent", "2"}});
    for (Graph* g : {&plain, &set}) {
      g->option(kDecay);
      g->option(kLatent);
      g->scalar("lr", 0.0005);
    }
    CHECK(plain.option_values() == set.option_values());
    CHECK(set.options()[2].value == "0.0005");
  }

  TEST_CASE("a listing has a row an option and a scalar") {
    Graph g = with({{"latent", "7"}});
    g.option(kLatent);
    g.option(kReuse);
    g.option(kNorm);
    g.scalar("k", steps({{0, 0.0}, {2500, -0.2}}), between(-1, 0), "sharpness");
    CHECK(describe(g.options()) ==
          "options (--set name=value)\n"
          "  option  default                  range\n"
          "  latent  2                        whole, at least 1       size of z\n"
          "  reuse   0                        0 or 1                  draw once\n"
          "  norm    batch                    batch, none             behind every layer\n"
          "  k       steps(0: 0, 2500: -0.2)  schedule, from -1 to 0  sharpness\n");
    CHECK(describe({}) == "");
  }
}

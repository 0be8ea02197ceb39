// Golden structure of whole training steps: products of a critic step are 4 L - 1 for L layers,
// plus the generator's forward; the generator's step has none to join; a macro-iteration joins the
// generator's forwards. A change of these numbers is a decision: it edits this table.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>

#include "engine/program/concat.h"
#include "engine/rewrite/rewrite.h"
#include "engine/rewrite/simplify.h"
#include "support/image_steps.h"
#include "support/norm_steps.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Golden {
  std::string name;
  Program program, small;       // small: the same structure at a few rows and columns
  std::array<int, 4> products;  // traced (live), simplified, stacked, after thinning
  int concats;                  // along rows, after stacking: blocks to be placed side by side
  const char* prototype;        // nodes live > simplified > stacked, ew + reductions likewise
};

std::vector<Golden> cases() {
  const auto critic = [](const StepCase& c, std::array<int, 4> products, int concats,
                         const char* prototype) {
    return Golden{c.name, critic_step(c), critic_step(c.shrunk()), products, concats, prototype};
  };
  const auto generator = [](const StepCase& c, std::array<int, 4> products, const char* prototype,
                            int concats = 0) {
    return Golden{"G " + c.name, generator_step(c), generator_step(c.shrunk()),
                  products,      concats,           prototype};
  };
  const auto macro = [](const StepCase& c, std::array<int, 4> products, int concats,
                        const char* prototype) {
    return Golden{"5+1 " + c.name, macro_step(c, 5), macro_step(c.shrunk(), 5),
                  products,        concats,          prototype};
  };
  const auto image = [](const StepCase& whole, const StepCase& small, std::array<int, 4> products,
                        int concats, const char* prototype) {
    return Golden{whole.name, critic_step(whole), critic_step(small), products, concats, prototype};
  };
  const ImageWidths few{.size = 8, .channels = {3, 4}, .noise = 5, .kernel = 3, .batch = 2};
  const StepCase t = thesis(), m = mnist(), gan = m.with(Loss::minimax);
  return {
      critic(t, {18, 18, 9, 5}, 4, "160 > 122 > 111, 98 > 76 > 63"),
      critic(m, {29, 29, 14, 11}, 5, "232 > 181 > 157, 137 > 115 > 90"),
      critic(toy(), {40, 40, 19, 13}, 6, "354 > 288 > 251, 209 > 190 > 153"),
      critic(t.with(Loss::minimax), {18, 18, 10, 5}, 6, "167 > 140 > 135, 105 > 96 > 86"),
      critic(t.with(Penalty::none), {12, 12, 7, 3}, 2, "113 > 88 > 79, 67 > 53 > 45"),
      critic(t.with(Penalty::simple), {18, 18, 9, 5}, 4, "148 > 111 > 100, 86 > 66 > 53"),
      critic(t.with(Penalty::simple, Where::real), {18, 17, 10, 6}, 6,
             "142 > 102 > 99, 83 > 61 > 57"),
      critic(m.with(Penalty::simple, Where::fake), {29, 27, 14, 11}, 8,
             "214 > 157 > 142, 122 > 97 > 79"),
      // No file of the engine or of ops/ has heard of this penalty.
      critic(t.with(Penalty::hinge), {18, 18, 9, 5}, 4, "none"),
      critic(m.with(Penalty::hinge), {29, 29, 14, 11}, 5, "none"),
      critic(toy().with(Penalty::hinge), {40, 40, 19, 13}, 6, "none"),
      generator(t, {9, 9, 9, 6}, "91 > 82 > 82, 57 > 54 > 54"),
      generator(m, {14, 14, 14, 12}, "137 > 123 > 123, 84 > 81 > 81"),
      generator(toy(), {19, 19, 19, 14}, "230 > 206 > 206, 141 > 138 > 138"),
      image(dcgan(), dcgan(few), {40, 40, 19, 16}, 6, "521 > 381 > 331, 287 > 241 > 193"),
      image(dcgan_layer_norm(), dcgan_layer_norm(few), {45, 45, 21, 18}, 9,
            "1041 > 841 > 658, 668 > 580 > 411"),
      image(max_pool_critic(), max_pool_critic(few), {29, 29, 14, 11}, 5,
            "328 > 234 > 176, 163 > 125 > 91"),
      image(resnet_critic(), resnet_critic(few), {108, 108, 47, 44}, 14,
            "1096 > 837 > 680, 578 > 556 > 417"),
      image(minibatch_critic(), minibatch_critic(m.shrunk(), 7, 3), {32, 32, 15, 12}, 9,
            "320 > 242 > 233, 176 > 148 > 134"),
      image(spectral_critic(gan.with(Penalty::none)),
            spectral_critic(gan.shrunk().with(Penalty::none)), {49, 31, 23, 10}, 8,
            "405 > 309 > 308, 256 > 216 > 200"),
      image(spectral_critic(gan), spectral_critic(gan.shrunk()), {71, 44, 31, 18}, 8,
            "560 > 370 > 366, 356 > 254 > 230"),
      generator(m.with(Smooth::probe), {23, 23, 20, 18}, "189 > 159 > 159, 117 > 104 > 101", 6),
      generator(few_latents().with(Smooth::exact), {142, 142, 14, 12},
                "760 > 580 > 495, 463 > 390 > 342", 11),
      macro(t, {99, 99, 44, 26}, 17, "831 > 595 > 546, 547 > 430 > 365"),
      macro(m, {159, 159, 69, 52}, 22, "1209 > 893 > 768, 769 > 652 > 512"),
  };
}

int row_concats(const Program& program) {
  int count = 0;
  for (const Node& node : program.nodes)
    count += node.primitive == &concat_primitive() && node.attributes.ints[0] == 0;
  return count;
}

}  // namespace

TEST_SUITE_BEGIN("rewrite");

TEST_CASE("whole steps: structure, and the same results as traced") {
  for (const Golden& g : cases()) {
    CAPTURE(g.name);
    const Program live = without_dead_code(g.program), simple = simplify(g.program),
                  stacked = stack(g.program), final = rewrite(g.program);
    const Census c[] = {census(live), census(simple), census(stacked), census(final)};
    const auto small = [](const Census& x) { return x.elementwise + x.reductions; };
    MESSAGE(fmt::format(
        "{:28} products {} > {} > {} > {}; nodes {} > {} > {}, ew + reductions {} > {} > {} "
        "(prototype {}); {} concats",
        g.name, c[0].products, c[1].products, c[2].products, c[3].products, c[0].nodes, c[1].nodes,
        c[2].nodes, small(c[0]), small(c[1]), small(c[2]), g.prototype, row_concats(stacked)));
    for (int i = 0; i < 4; ++i) CHECK(c[i].products == g.products[i]);
    CHECK(row_concats(stacked) == g.concats);

    const Tensors in = step_inputs(g.small, 7), expected = evaluate(g.small, in);
    CHECK(relative_distance(evaluate(simplify(g.small), in), expected) <= 1e-12);
    CHECK(relative_distance(evaluate(stack(g.small), in), expected) <= 1e-12);
    CHECK(relative_distance(evaluate(rewrite(g.small), in), expected) <= 1e-12);
  }
}

TEST_CASE("whole steps: passes are fixed points and the same every time") {
  for (const Golden& g : cases()) {
    CAPTURE(g.name);
    const Program simple = simplify(g.program), stacked = stack(g.program),
                  final = rewrite(g.program);
    CHECK(simplify(simple).str() == simple.str());
    CHECK(stack(stacked).str() == stacked.str());
    CHECK(rewrite(final).str() == final.str());
    CHECK(rewrite(g.program).str() == final.str());
  }
}

TEST_CASE("rewriting takes milliseconds") {
  const auto milliseconds = [](const Program& program) {
    const auto start = std::chrono::steady_clock::now();
    const Program rewritten = rewrite(program);
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
        .count();
  };
  for (const auto& [name, program, limit] :
       {std::tuple("thesis", critic_step(thesis()), 20.0),
        std::tuple("5+1 mnist", macro_step(mnist(), 5), 300.0)}) {
    double best = milliseconds(program);
    for (int i = 0; i < 4; ++i) best = std::min(best, milliseconds(program));
    MESSAGE(fmt::format("{}: {:.1f} ms (aim {} ms)", name, best, limit));
    CHECK(best < 20 * limit);  // a quadratic pass, not a busy machine
  }
}

TEST_SUITE_END();

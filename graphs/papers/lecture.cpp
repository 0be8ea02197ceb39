#include "graphs/papers/lecture.h"

#include <fmt/format.h>

#include <bit>

#include "engine/error.h"
#include "graphs/networks/progressive.h"
#include "graphs/parts/augmentation.h"
#include "graphs/parts/dataset.h"
#include "graphs/parts/latent.h"
#include "graphs/parts/reports.h"
#include "graphs/parts/update_rule.h"
#include "ops/layers/blend.h"
#include "ops/layers/forward.h"
#include "ops/losses/wasserstein.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/ports.h"
#include "ops/primitives/pool.h"

namespace ganflow {
namespace {

struct Pooled {
  Extent factor = 1;
  Value operator()(Formula&, Value x) const { return factor == 1 ? x : average_pool(x, factor); }
};

// What the stage before could have made of an image.
struct Coarse {
  Value operator()(Formula&, Value x) const { return upsample(average_pool(x)); }
};

// Once in macro-iterations [first, last), not in all others.
Count during(std::uint64_t first, std::uint64_t last) {
  return {fmt::format("1 from macro-iteration {} to {}", first, last),
          [=](std::uint64_t macro) { return macro >= first && macro < last ? 1 : 0; }, 1};
}

}  // namespace

// Progressive growing as phases: a critic and a generator phase for each stage, over the same
// Variables, of which those of one stage run at a time.
//
//   data -> pool to the stage -> [fade] -> [augment] --real--+-> critic_real --+
//                                                            +-> penalty ------+-> critic_step 1 x
//   z ----> generate --------------------> [augment] --fake--+-> critic_fake --+
//   z2 ---> generate2 -> [augment] -> critic_judge ---------------------------> generator_step 1 x
void progressive(Graph& g, const Growth& o) {
  const int iterations = g.option(Option<int>{"stage_iterations", o.stage_iterations, at_least(2),
                                              "macro-iterations of a stage"});
  const int side =
      g.option(Option<int>{"side", o.side, at_least(4), "pixels of the last stage: 4, 8, 16, ..."});
  const int width = g.option(Option<int>{"width", o.width, at_least(1), "channels of every stage"});
  if (!std::has_single_bit(static_cast<unsigned>(side)))
    fail(Fault::usage, "--set side={}: every stage doubles the side, take 4, 8, 16, ...", side);
  int stages = 0;
  for (Extent s = 4; s <= side; s *= 2) ++stages;
  g.defaults({.batch = 64, .steps = static_cast<Step>(stages) * static_cast<Step>(iterations)});
  const DataSet data = add_data(g, g.data("cifar10"),
                                {.planes = true, .range = PixelRange::symmetric, .side = side});
  const Latent noise = latent(g, "z", o.latent, "normal");
  const UpdateRule rule = update_rule(g, {.lr = 1e-3, .beta1 = 0, .beta2 = 0.99});
  const bool deviation = g.option(
      Option<bool>{"deviation", true, "minibatch standard deviation in the critic (LE-18)"});

  const Augmentation augment(g, data);
  require_fixed(augment.adapt());

  Network G, D;
  std::uint64_t first = 0;
  for (Extent s = 4; s <= side; s *= 2) {
    const std::string at = std::to_string(s);
    const auto begin = static_cast<Step>(first);
    const auto half = static_cast<Step>(iterations / 2);
    Progressive o{
        .side = s, .width = width, .channels = data.picture.channels, .deviation = deviation};
    if (s > 4) o.alpha = g.scalar("alpha" + at, linear(0, 1, begin, begin + half));
    // One pair of networks: later stages see the same names.
    if (s == 4) {
      G = g.network("G", progressive_generator(o));
      D = g.network("D", progressive_critic(o));
    } else {
      G = Network("G", progressive_generator(o));
      D = Network("D", progressive_critic(o));
    }
    Port real = g.add("real" + at, Pooled{side / s}, data.port);
    if (s > 4)
      real = g.add("fade" + at, Blend{o.alpha}, g.add("coarse" + at, Coarse{}, real), real);
    const Port fake = g.add("generate" + at, Forward{G}, noise.draw(g, "z" + at));
    real = augment(g, "real_augment" + at, real);
    const Port seen = augment(g, "fake_augment" + at, fake);
    const Port d_real = g.add("critic_real" + at, Forward{D}, real);
    const Port d_fake = g.add("critic_fake" + at, Forward{D}, seen);
    const GradientPenalty penalty{.critic = D, .coupled = deviation};
    const Port loss = g.add("loss" + at, Wasserstein{}, d_real, d_fake);
    const Port gp = g.add("penalty" + at, penalty, real, seen);
    const std::uint64_t last =
        s == side ? ~std::uint64_t{0} : first + static_cast<std::uint64_t>(iterations);
    g.phase("critic" + at, during(first, last))
        .minimize("critic_step" + at, loss + gp, D, rule.critic);
    const Port z = noise.draw(g, "z2_" + at);
    const Port fresh = augment(g, "fresh_augment" + at, g.add("generate2_" + at, Forward{G}, z));
    const Port judged = g.add("critic_judge" + at, Forward{D}, fresh);
    g.phase("generator" + at, during(first, last))
        .minimize("generator_step" + at,
                  g.add("generator_loss" + at, WassersteinGenerator{}, judged), G, rule.generator);
    g.tap("wasserstein" + at, mean(d_real) - mean(d_fake));
    Picture picture = data.picture;
    picture.height = picture.width = s;
    g.sample(s == side ? "samples" : "samples" + at, fake, picture,
             every(static_cast<Step>(iterations)));
    if (s == side) report_quality(g, data, fake, every(static_cast<Step>(iterations)));
    first = last;
  }
}

std::vector<NamedGraph> lecture_presets() {
  return {{"progressive-small", "progressive growing on CIFAR-10 at small widths", [](Graph& g) {
             progressive(g, {.width = 32, .latent = 64, .stage_iterations = 1000});
           }}};
}

}  // namespace ganflow

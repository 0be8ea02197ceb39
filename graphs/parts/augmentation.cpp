#include "graphs/parts/augmentation.h"

#include "engine/error.h"
#include "ops/primitives/layout.h"

namespace ganflow {
namespace {

DiffAugment transforms(const std::string& text) {
  DiffAugment all{.colour = false, .translation = false, .cutout = false};
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('+', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (word == "colour" || word == "color")
      all.colour = true;
    else if (word == "translation")
      all.translation = true;
    else if (word == "cutout")
      all.cutout = true;
    else
      fail(Fault::usage,
           "--set augment={}: '{}' is no transform, there are colour, translation and cutout, "
           "joined by +",
           text, word);
    at = end + 1;
  }
  return all;
}

}  // namespace

Augmentation::Augmentation(Graph& g, const DataSet& data) : picture_(data.picture) {
  const std::string text = g.option(
      Option<std::string>{"augment", "none",
                          "of the critic's images, real and fake: colour, translation, cutout, "
                          "joined by + (DiffAugment)"});
  const double p = g.option(
      Option<double>{"augment.p", 1, between(0, 1), "probability of each transform for an image"});
  const double target = g.option(Option<double>{
      "augment.target", 0, half_open(0, 1),
      "mean sign of the critic's score of real images that adapts the probability (ADA: 0.6); 0: "
      "augment.p stays"});
  const int images =
      g.option(Option<int>{"augment.images", 500000, at_least(1),
                           "real images in which the adapted probability may rise from 0 to 1"});
  if (text == "none") {
    if (target > 0)
      fail(Fault::usage,
           "--set augment.target={}: nothing is augmented, say what: --set "
           "augment=colour+translation+cutout",
           target);
    return;
  }
  transforms_ = transforms(text);
  if (!data.image())
    fail(Fault::usage, "--set augment={}: '{}' are points, only images can be augmented", text,
         data.name);
  transforms_->lo = picture_.lo;
  transforms_->hi = picture_.hi;
  transforms_->probability = p;
  if (target == 0) return;
  adapt_ = AdaptAugment{.target = target, .images = images};
  transforms_->memory = adapt_->memory;
}

Port Augmentation::operator()(Graph& g, const std::string& name, Port x) const {
  if (!transforms_) return x;
  if (x.shape().rank() == 4) return g.add(name, *transforms_, x);
  const auto flat = [augment = *transforms_, p = picture_](Formula& f, Value rows) {
    const Value image = reshape(rows, {rows.rows(), p.channels, p.height, p.width});
    return reshape(augment(f, image), rows.shape());
  };
  return g.add(name, flat, x);
}

void require_fixed(const std::optional<AdaptAugment>& adapt) {
  if (adapt)
    fail(
        Fault::usage,
        "--set augment.target={}: the probability follows the sign of the critic's score, which is "
        "no logit here; leave it out and set augment.p",
        adapt->target);
}

}  // namespace ganflow

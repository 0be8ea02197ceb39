#include "graphs/quality/classifier.h"

#include <algorithm>
#include <array>

#include "engine/error.h"
#include "engine/program/concat.h"
#include "graphs/networks/classifier.h"
#include "graphs/parts/dataset.h"
#include "ops/layers/forward.h"
#include "ops/losses/cross_entropy.h"
#include "ops/metrics/held_out.h"
#include "ops/optimizers/adam.h"
#include "ops/optimizers/sgd.h"
#include "ops/ports.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/reduce.h"
#include "ops/primitives/softmax.h"
#include "ops/transforms/augment.h"
#include "ops/transforms/one_hot.h"

namespace ganflow {
namespace {

// Whether the answer is right, and its cross-entropy: (N,K), (N) -> (N,2).
struct Answer {
  Value operator()(Formula& f, Value logits, Value labels) const {
    const Value right = Correct{}(f, logits, labels);
    const Value loss = -row_sums(OneHot{logits.shape()[1]}(f, labels) * log_softmax(logits, 1));
    const auto column = [](Value x) { return reshape(x, {x.rows(), 1}); };
    return concat(std::array{column(right), column(loss)}, 1);
  }
};

}  // namespace

void classifier(Graph& g) {
  g.defaults({.batch = 128, .steps = 4000});
  const int width = g.option(Option<int>{"width", 16, at_least(1), "channels of the finest layer"});
  const int blocks = g.option(Option<int>{
      "blocks", 0, at_least(0), "residual blocks of each size; 0: one convolution in their place"});
  const DataForm form{.planes = true, .range = PixelRange::symmetric, .part = Part::trained};
  const DataSet data = add_data(g, g.data("mnist"), form);
  if (data.port.name().ends_with(".test"))
    fail(Fault::usage,
         "--data {}: these are the images that a classifier is tested on, train it on the others, "
         "without #test",
         data.name);
  const Port labels = data.label();
  const Picture& p = data.picture;

  // Digits and letters in a mirror are others.
  const bool letters = data.name.find("mnist") == 0;
  Port images = data.port;
  if (g.option(Option<bool>{"mirror", !letters, "half of the training images mirrored"}))
    images = g.add("mirrored", Mirrored{}, images);
  const int shift =
      g.option(Option<int>{"shift", static_cast<int>(std::min(p.height, p.width)) / 10, at_least(0),
                           "training images move by so many pixels"});
  if (shift > 0) images = g.add("shifted", Shifted{.most = shift}, images);

  const int cutout = g.option(Option<int>{
      "cutout", 0, at_least(0), "side of the square that each training image loses, in pixels"});
  if (cutout > 0) images = g.add("cut_out", Cutout{.side = cutout}, images);

  const Network features =
      g.network("features", classifier_features({.channels = p.channels,
                                                 .side = std::max(p.height, p.width),
                                                 .width = width,
                                                 .blocks = blocks}));
  const Network head = g.network("head", classifier_head(labels.classes()));
  const Port logits = g.add("logits", Forward{head}, g.add("forward", Forward{features}, images));
  const double smoothing = g.option(
      Option<double>{"smoothing", 0, half_open(0, 1), "of the label that all classes share"});
  const Port loss = g.add("loss", CrossEntropy{.smoothing = smoothing}, logits, labels);
  const Scalar lr = g.scalar("lr", linear(2e-3, 0, 0, g.steps()));
  const Scalar l2 = g.scalar("l2", 1e-4);
  const Adam adam{.lr = lr, .beta1 = 0.9, .l2 = l2, .l2_weights_only = true};
  const Sgd sgd{.lr = lr, .momentum = 0.9, .l2 = l2, .l2_weights_only = true};
  const auto optimizer = g.option(Choice<Optimizer>{
      "optimizer", "adam", {{"adam", adam}, {"sgd", sgd}}, "sgd with momentum 0.9"});
  g.phase("classifier", 1).minimize("classifier_step", loss, {features, head}, optimizer);
  g.tap("accuracy", mean(g.add("correct", Correct{}, logits, labels)));

  DataForm held_out = form;
  held_out.part = Part::held_out;
  const DataSet test = add_data(g, data.name, held_out);
  const Port answer =
      g.add("test_logits", Forward{head}, g.add("test_forward", Forward{features}, test.port));
  g.evaluate("test",
             HeldOut{.columns = {{"accuracy", "1", "share of held-out images classified right"},
                                 {"loss", "nat", "mean cross-entropy of held-out images"}},
                     .samples = test.count},
             g.add("answer", Answer{}, answer, test.label()), every(1000));
}

}  // namespace ganflow

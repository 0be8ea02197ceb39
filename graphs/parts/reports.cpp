#include "graphs/parts/reports.h"

#include "engine/error.h"
#include "graphs/quality/report_features.h"
#include "ops/metrics/collapse.h"
#include "ops/metrics/image_quality.h"
#include "ops/metrics/path_change.h"
#include "ops/sources/labels.h"
#include "ops/techniques/average.h"
#include "ops/transforms/path.h"

namespace ganflow {

Network shown_generator(Graph& g, const Players& p, Phase phase) {
  const double decay =
      g.option(Option<double>{"average",
                              0,
                              {.least = 0, .most = 1, .open_most = true},
                              "decay of the generator's average, which is shown; 0: none"});
  if (decay == 0) return p.G;
  phase.also(g.add("average", Average{.network = p.G, .decay = decay}));
  return averaged(p.G);
}

DrawnSamples drawn_samples(Graph& g, const Players& p, const Network& generator) {
  const Port z = p.latent.draw(g, "sample_z");
  Port classes;
  if (p.conditional())
    classes = random_condition(g, "sample_condition", {.classes = p.data.label().classes()});
  return {p.forward(g, "sample", generator, z, classes), classes};
}

void report_quality(Graph& g, const DataSet& data, Port samples, Every every) {
  if (!data.stored) return;
  const int n = g.option(
      Option<int>{"quality", 1000, at_least(0), "samples measured against real images; 0: none"});
  const std::shared_ptr<const Source> real = data.port.source();
  if (n > 0 && real->size().value_or(8) >= 8)
    g.evaluate("quality",
               ImageQuality{.real = real,
                            .of = name_of_part(data.name, Part::trained),
                            .picture = data.picture,
                            .samples = n},
               samples, every);
}

void report_samples(Graph& g, const Players& p, Port samples, Every pictures, Every collapse,
                    Port classes) {
  g.sample("samples", samples, p.data.picture, pictures);
  report_quality(g, p.data, samples, pictures);
  const double least =
      g.option(Option<double>{"collapse",
                              0,
                              {.least = 0, .most = 1, .open_most = true},
                              "least distance of samples, of that of data; 0: not watched"});
  if (least > 0)
    g.evaluate("collapse", Collapse{.real = p.data.port.source(), .least = least}, samples,
               collapse);
  report_features(g, p.data, samples, classes, pictures);
}

void report_paths(Graph& g, const Players& p, const Network& generator, Every every, int frames) {
  frames = g.option(Option<int>{"frames", frames, between(0, 10000),
                                "samples along a path between latents; 0: no paths (R-08)"});
  if (frames == 0) return report_path_features(g, p.data, {}, 0, every);
  if (frames == 1)
    fail(Fault::usage,
         "--set frames=1: a path has two ends, take at least 2 frames, or 0 for none");
  Port classes;  // one of each path
  if (p.conditional())
    classes = random_condition(g, "path_condition",
                               {.classes = p.data.label().classes(), .each = frames});
  const Port from = p.latent.draw(g, "path_from"), to = p.latent.draw(g, "path_to");
  const Port samples =
      p.forward(g, "path_sample", generator, g.add("path", Path{frames}, from, to), classes);
  Picture picture = p.data.picture;
  picture.columns = frames;
  g.sample("paths", samples, picture, every, Extent{6} * frames);
  g.evaluate("path_change", PathChange{.frames = frames, .picture = p.data.picture}, samples,
             every);
  report_path_features(g, p.data, samples, frames, every);
}

void report_images(Graph& g, const Players& p, Phase phase, Every every, int frames) {
  const Network shown = shown_generator(g, p, phase);
  const DrawnSamples drawn = drawn_samples(g, p, shown);
  report_samples(g, p, drawn.samples, every, every, drawn.classes);
  report_paths(g, p, shown, every, frames);
}

}  // namespace ganflow

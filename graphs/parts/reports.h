// What a run shows beside its losses: pictures, quality, collapse, paths between latents.
#pragma once

#include "graphs/parts/players.h"

namespace ganflow {

// The generator whose samples are shown: the one that trains, or its running average as node
// "average" of `phase` if option average (its decay) is above 0.
Network shown_generator(Graph& graph, const Players& players, Phase phase);
// Samples of `generator` from latents of their own, node "sample", and from classes (N,K) of their
// own if it is conditional.
struct DrawnSamples {
  Port samples, classes;
};
DrawnSamples drawn_samples(Graph& graph, const Players& players, const Network& generator);

// Of 8 or more stored images the metric "quality", if option quality (the number of samples it
// takes) is above 0 (ops/metrics/image_quality.h). Other sets have measures of their own
// (evaluate_data).
void report_quality(Graph& graph, const DataSet& data, Port samples, Every every);
// Picture grids "samples" and report_quality as often; the metric "collapse" if option collapse is
// above 0 (ops/metrics/collapse.h): it stops a replica whose samples lie closer than this part of
// the distance of real ones. What an extractor says of them, graphs/quality/report_features.h.
// `classes` of the samples, where they have some.
void report_samples(Graph& graph, const Players& players, Port samples, Every pictures,
                    Every collapse, Port classes = {});
// Rows of samples along straight lines of latents, how much they change (SG-14) and what an
// extractor says of them (SG-15), if option frames (of a path, from `frames`) is above 0.
void report_paths(Graph& graph, const Players& players, const Network& generator, Every every,
                  int frames = 0);

// All of it for images: drawn from the shown generator, pictures and collapse `every` so often.
// `phase` is the generator's.
void report_images(Graph& graph, const Players& players, Phase phase, Every every, int frames = 0);

}  // namespace ganflow

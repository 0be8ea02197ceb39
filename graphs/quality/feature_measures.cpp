#include "graphs/quality/feature_measures.h"

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "engine/suggest.h"
#include "ops/metrics/quality/class_confidence.h"
#include "ops/metrics/quality/inception_score.h"
#include "ops/metrics/quality/kernel_distance.h"

namespace ganflow {
namespace {

constexpr double kLow = 0.05, kHigh = 0.95;  // quantiles of subset_fid

KernelDistanceOptions kid_options(const FeatureQuality& o) {
  return {.size = std::min({Extent{1000}, o.samples, o.real ? o.real->n() : o.samples})};
}
SubsetDraws subset_draws(const FeatureQuality& o) {
  SubsetDraws draws;
  draws.size = std::min(draws.size, o.samples);
  return draws;
}

std::vector<double> fid(SeenSamples& s) {
  return {s.gaussian().distance(feature_statistics(s.rows))};
}
std::vector<double> subset_fid(SeenSamples& s) {
  SubsetDraws draws = subset_draws(s.options);
  draws.seed = s.seed;
  std::vector<double> all = subset_frechet_distances(s.rows, s.gaussian(), draws);
  const MeanDeviation d = mean_deviation(all);
  std::sort(all.begin(), all.end());
  const auto quantile = [&](double part) {
    return all[static_cast<std::size_t>(std::lround(part * double(all.size() - 1)))];
  };
  return {d.mean, d.deviation, quantile(kLow), quantile(kHigh)};
}
std::vector<double> kid(SeenSamples& s) {
  KernelDistanceOptions options = kid_options(s.options);
  options.seed = s.seed;
  const MeanDeviation d = kernel_distance(s.rows, s.real().rows(), options);
  return {d.mean, d.deviation};
}
std::vector<double> inception(SeenSamples& s) {
  const MeanDeviation d = inception_score(s.logits, kScoreSplits);
  return {d.mean, d.deviation};
}
std::vector<double> confidence(SeenSamples& s) {
  const ClassConfidence c = class_confidence(s.logits);
  return {c.confidence, double(c.classes), double(c.success)};
}

std::string covariances(const FeatureQuality& o) {
  return o.regularise == 0
             ? "covariances over n - 1, not regularised"
             : fmt::format("covariances over n - 1, {} added to their diagonals", o.regularise);
}
std::string nearest(const FeatureQuality&) {
  return fmt::format("balls to neighbour {}", NeighbourhoodOptions{}.k);
}
std::string dense_nearest(const FeatureQuality&) {
  return fmt::format("balls to neighbour {}", NeighbourhoodOptions{}.density_k);
}

const std::vector<FeatureMeasure>& table() {
  static const std::vector<FeatureMeasure> all = {
      {"fid",
       true,
       false,
       {{"fid", "Frechet distance of the features' Gaussians"}},
       covariances,
       fid},
      {"subset_fid",
       true,
       false,
       {{"subset_fid", "mean fid of subsets"},
        {"subset_fid_deviation", "its deviation over the subsets"},
        {"subset_fid_low", "its 5 % quantile"},
        {"subset_fid_high", "its 95 % quantile"}},
       [](const FeatureQuality& o) {
         const SubsetDraws draws = subset_draws(o);
         return fmt::format("{} subsets of {} samples, {}", draws.draws, draws.size,
                            covariances(o));
       },
       subset_fid},
      {"kid",
       true,
       false,
       {{"kid", "kernel distance, mean of subsets"},
        {"kid_deviation", "its deviation over the subsets"}},
       [](const FeatureQuality& o) {
         const KernelDistanceOptions options = kid_options(o);
         return fmt::format("{} subsets of {} of each set, kernel (x . y / d + 1)^3",
                            options.subsets, options.size);
       },
       kid},
      {"is",
       false,
       true,
       {{"is", "inception score, mean of splits"},
        {"is_deviation", "its deviation over the splits"}},
       [](const FeatureQuality&) { return fmt::format("{} splits", kScoreSplits); },
       inception},
      {"precision",
       true,
       false,
       {{"precision", "share of generated rows near real ones"}},
       nearest,
       [](SeenSamples& s) { return std::vector{s.neighbours().precision}; }},
      {"recall",
       true,
       false,
       {{"recall", "share of real rows near generated ones"}},
       nearest,
       [](SeenSamples& s) { return std::vector{s.neighbours().recall}; }},
      {"density",
       true,
       false,
       {{"density", "real balls around a generated row over their neighbours"}},
       dense_nearest,
       [](SeenSamples& s) { return std::vector{s.neighbours().density}; }},
      {"coverage",
       true,
       false,
       {{"coverage", "share of real balls that are met"}},
       dense_nearest,
       [](SeenSamples& s) { return std::vector{s.neighbours().coverage}; }},
      {"confidence",
       false,
       true,
       {{"confidence", "mean of the greatest probability"},
        {"classes", "classes that hold their share of the samples"},
        {"success", "1: confident, and of enough classes (R-34)"}},
       [](const FeatureQuality&) {
         const SuccessRule rule;
         return fmt::format("success from confidence {} and {} classes of {} % each",
                            rule.confidence, rule.classes, 100 * rule.share);
       },
       confidence},
      {"class_accuracy",
       false,
       true,
       {{"class_accuracy", "share of samples whose class is seen to be their label"}},
       [](const FeatureQuality&) { return std::string("labels they were drawn with"); },
       [](SeenSamples& s) { return std::vector{class_accuracy(s.logits, s.labels)}; }}};
  return all;
}

}  // namespace

const Neighbourhoods& SeenSamples::neighbours() {
  if (!near) near = real().neighbourhoods().measure(rows);
  return *near;
}

const std::vector<std::string>& feature_measures() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const FeatureMeasure& measure : table()) all.push_back(measure.name);
    return all;
  }();
  return names;
}

const FeatureMeasure& feature_measure(const std::string& name) {
  for (const FeatureMeasure& measure : table())
    if (measure.name == name) return measure;
  fail(Fault::usage, "'{}': no such measure{}", name, suggestion(name, feature_measures()));
}

Extent covariance_rows(const std::string& measure, const FeatureQuality& o) {
  if (measure == "fid") return o.samples;
  return measure == "subset_fid" ? subset_draws(o).size : 0;
}

}  // namespace ganflow

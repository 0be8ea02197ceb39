#include "graphs/parts/dataset.h"

#include <fmt/ranges.h>

#include <charconv>
#include <filesystem>
#include <optional>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "engine/suggest.h"
#include "graphs/parts/stored_sets.h"
#include "ops/metrics/centre_distance.h"
#include "ops/metrics/density_kl_1d.h"
#include "ops/metrics/mode_coverage.h"
#include "ops/metrics/parzen_likelihood.h"
#include "ops/metrics/point_wasserstein.h"
#include "ops/metrics/sphere_quality.h"
#include "ops/metrics/swiss_roll_quality.h"
#include "ops/primitives/layout.h"
#include "ops/sources/distant_spheres.h"
#include "ops/sources/gaussian1d.h"
#include "ops/sources/gaussians2d.h"
#include "ops/sources/line.h"
#include "ops/sources/spheres.h"
#include "ops/sources/swiss_roll.h"

namespace ganflow {
namespace {

// "spheres:48" -> {"spheres", "48"}, "mnist#test" -> {"mnist", "#test"}.
std::pair<std::string, std::string> split(const std::string& name) {
  const auto end = name.find_first_of(":#");
  if (end == std::string::npos) return {name, ""};
  return {name.substr(0, end), name.substr(end + (name[end] == ':' ? 1 : 0))};
}

Spheres sphere_options(Graph& g, const std::string& variant) {
  Spheres spheres;
  if (variant == "two") {
    spheres.count = 2;
  } else if (!variant.empty()) {
    const char* end = variant.data() + variant.size();
    if (std::from_chars(variant.data(), end, spheres.side).ptr != end)
      fail(Fault::usage, "--data spheres:{}: the variant is 'two' or the side in pixels", variant);
  }
  spheres.count =
      g.option(Option<int>{"spheres.count", spheres.count, between(1, 2), "spheres in an image"});
  spheres.side = g.option(Option<int>{"spheres.side", static_cast<int>(spheres.side),
                                      between(1, 1024), "pixels of an image along an axis"});
  spheres.radius = g.option(Option<int>{"spheres.radius", static_cast<int>(spheres.radius),
                                        at_least(1), "of a sphere, pixels (R-16)"});
  spheres.grid = g.option(Choice<SphereGrid>{"spheres.grid", "by_count", sphere_grids(),
                                             "where centres may lie (R-15)"});
  spheres.shape = g.option(
      Choice<SphereShape>{"spheres.shape", "disc", sphere_shapes(), "at a centre (TH-39)"});
  spheres.aspect = g.option(Option<double>{"spheres.aspect", 1, at_least(1),
                                           "of width to height: ovals, flat rectangles (TH-39)"});
  spheres.images = static_cast<std::uint64_t>(g.option(
      Option<int>{"spheres.images", 0, at_least(0), "images kept of the set, 0: all (R-30)"}));
  return spheres;
}

// Absent: pairs are drawn as they come.
std::optional<DistantSpheres> distance_law(Graph& g, const Spheres& set) {
  const DistantSpheres usual;
  const double mean = g.option(Option<double>{
      "spheres.distance", 0, at_least(0),
      "mean of a Normal law that the distance of two centres follows, pixels; 0: none (TH-39)"});
  const double deviation = g.option(
      Option<double>{"spheres.distance.std", usual.std, above(0), "its deviation, pixels"});
  if (mean == 0) return {};
  return DistantSpheres{.spheres = set, .mean = mean, .std = deviation};
}

SphereQuality sphere_quality(Graph& g, const std::string& variant, const Scalar& k) {
  return {.spheres = sphere_options(g, variant),
          .k = k,
          .samples = g.option(Option<int>{"kl.samples", 10000, at_least(1),
                                          "images measured: n of the KL (TH-15)"}),
          .bandwidth = g.option(Option<double>{"kl.bandwidth", 1, above(0),
                                               "of the KL's Parzen kernel, pixels (R-19)"}),
          .step = g.option(Option<double>{"kl.step",
                                          0.1,
                                          {.least = 0, .most = 1, .open_least = true},
                                          "of the KL's grid for one sphere, pixels (R-21)"}),
          .centres = g.option(Option<int>{"kl.centres", 0, at_least(0),
                                          "images whose detected centres are kept, with a plot of "
                                          "them; 0: none (TH-33)"}),
          .renormalise = g.option(Option<bool>{
              "kl.renormalise", true, "undo the kernel mass lost over the border (R-20)"})};
}

// Gray images between the form of the spheres, (N, P) in [0, 1], and the form that was asked for.
Port formed(Graph& g, const std::string& node, Port rows, Extent side, DataForm form) {
  const bool symmetric = form.range == PixelRange::symmetric;
  if (!form.planes && !symmetric) return rows;
  return g.add(
      node,
      [=](Formula&, Value x) {
        if (symmetric) x = affine(x, 2, -1);
        return form.planes ? reshape(x, {x.rows(), 1, side, side}) : x;
      },
      rows);
}
Port unformed(Graph& g, const std::string& node, Port images, DataForm form) {
  const bool symmetric = form.range == PixelRange::symmetric;
  if (!form.planes && !symmetric) return images;
  return g.add(
      node,
      [=](Formula&, Value x) {
        if (symmetric) x = affine(x, 0.5, 0.5);
        return reshape(x, {x.rows(), x.shape().row_elements()});
      },
      images);
}

DataSet add_spheres(Graph& g, const std::string& name, const std::string& variant, DataForm form) {
  const Spheres set = sphere_options(g, variant);
  const std::optional<DistantSpheres> law = distance_law(g, set);
  const Port rows = law ? g.add(name, *law) : g.add(name, set);
  return {.port = formed(g, name + ".images", rows, set.side, form),
          .features = set.side * set.side,
          .picture = {.height = set.side,
                      .width = set.side,
                      .channels = 1,
                      .lo = form.range == PixelRange::unit ? 0.0 : -1.0,
                      .hi = 1}};
}

Gaussian1d gaussian1d_options(Graph& g) {
  const Gaussian1d usual;
  return {.mean = g.option(Option<double>{"gaussian1d.mean", usual.mean, any_number(),
                                          "of the data (TH-30); far from the fakes both are "
                                          "separable (TH-18)"}),
          .std = g.option(Option<double>{"gaussian1d.std", usual.std, above(0), "of the data"})};
}

template <class Set>
DataSet add_points(Graph& g, const std::string& name, Extent features, double reach,
                   const Set& set = {}) {
  return {.port = g.add(name, set),
          .features = features,
          .picture = {.channels = 0, .lo = -reach, .hi = reach}};
}

// Beside points of Set, each by an option: table "distance", exact W1, and table "likelihood", that
// of real points.
template <class Set>
void evaluate_points(Graph& g, Port samples, Every every, const Set& set = {}) {
  const int n =
      g.option(Option<int>{"w1", 500, between(0, 5000),
                           "points whose exact W1 to real ones is measured; 0: none (MU-09)"});
  if (n > 0)
    g.evaluate("distance", PointWasserstein{.real = set.open(), .samples = n}, samples, every);
  const double width = g.option(Option<double>{
      "parzen", 0, at_least(0),
      "width of the Parzen window whose log-likelihood is measured; 0: none (TH-03)"});
  if (width > 0)
    g.evaluate("likelihood", ParzenLikelihood{.real = set.open(), .width = width}, samples, every);
}

enum class Kind { points, plain_images, labelled_images };

struct Entry {
  DataSetInfo info;
  Kind kind;
  DataSet (*add)(Graph&, const std::string& name, const std::string& variant, DataForm);
  void (*evaluate)(Graph&, const std::string& variant, Port, Scalar, Every, DataForm);
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = {
      {{"spheres", "artificial spheres, 28x28; spheres:48 is 48x48, spheres:two has two spheres"},
       Kind::plain_images,
       add_spheres,
       [](Graph& g, const std::string& variant, Port samples, Scalar k, Every every,
          DataForm form) {
         const Port rows = unformed(g, "quality.images", samples, form);
         g.evaluate("quality", sphere_quality(g, variant, k), rows, every);
         if (const auto law = distance_law(g, sphere_options(g, variant)))
           g.evaluate("apart", CentreDistance{.data = *law, .k = k}, rows, every);
       }},
      {{"gaussian1d", "one number, N(-0.6, 1)"},
       Kind::points,
       [](Graph& g, const std::string& name, const std::string&, DataForm) {
         return add_points(g, name, 1, 5, gaussian1d_options(g));
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every, DataForm) {
         const Gaussian1d set = gaussian1d_options(g);
         g.evaluate("quality", DensityKl1d{.mean = set.mean, .std = set.std}, samples, every);
         evaluate_points(g, samples, every, set);
       }},
      {{"gaussians2", "two Gaussians on the line, at -2 and 2"},
       Kind::points,
       [](Graph& g, const std::string& name, const std::string&, DataForm) {
         return add_points<Gaussians2>(g, name, 1, 5);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every, DataForm) {
         g.evaluate("quality", ModeCoverage{.set = ToyMixture::gaussians2}, samples, every);
         evaluate_points<Gaussians2>(g, samples, every);
       }},
      {{"gaussians3", "three Gaussians on the line, at -4, 0 and 4"},
       Kind::points,
       [](Graph& g, const std::string& name, const std::string&, DataForm) {
         return add_points<Gaussians3>(g, name, 1, 6);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every, DataForm) {
         g.evaluate("quality", ModeCoverage{.set = ToyMixture::gaussians3}, samples, every);
         evaluate_points<Gaussians3>(g, samples, every);
       }},
      {{"gaussians8", "ring of 8 Gaussians in the plane"},
       Kind::points,
       [](Graph& g, const std::string& name, const std::string&, DataForm) {
         return add_points<Gaussians8>(g, name, 2, 2);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every, DataForm) {
         g.evaluate("quality", ModeCoverage{.set = ToyMixture::gaussians8}, samples, every);
         evaluate_points<Gaussians8>(g, samples, every);
       }},
      {{"gaussians25", "5 x 5 grid of Gaussians in the plane"},
       Kind::points,
       [](Graph& g, const std::string& name, const std::string&, DataForm) {
         return add_points<Gaussians25>(g, name, 2, 2);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every, DataForm) {
         g.evaluate("quality", ModeCoverage{.set = ToyMixture::gaussians25}, samples, every);
         evaluate_points<Gaussians25>(g, samples, every);
       }},
      {{"swissroll", "the Swiss roll seen from its side"},
       Kind::points,
       [](Graph& g, const std::string& name, const std::string&, DataForm) {
         return add_points<SwissRoll>(g, name, 2, 2.5);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every, DataForm) {
         g.evaluate("quality", SwissRollQuality{}, samples, every);
         evaluate_points<SwissRoll>(g, samples, every);
       }},
      {{"line", "(0, Z) in the plane, Z from 0 to 1: one of two parallel lines"},
       Kind::points,
       [](Graph& g, const std::string& name, const std::string&, DataForm) {
         return add_points<Line>(g, name, 2, 2);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every, DataForm) {
         evaluate_points<Line>(g, samples, every);
       }},
      {{"mnist",
        "mnist:DIR, handwritten digits 28x28, IDX files plain or gzip, 10 labels; #test: the test "
        "images, as of every set in files"},
       Kind::labelled_images,
       add_mnist,
       nullptr},
      {{"fashion-mnist", "fashion-mnist:DIR, clothing 28x28, IDX files plain or gzip, 10 labels"},
       Kind::labelled_images,
       add_mnist,
       nullptr},
      {{"emnist",
        "emnist:DIR, handwritten letters and digits 28x28, IDX files plain or gzip; #balanced (47 "
        "labels, unless said), #byclass, #bymerge, #letters, #digits, #mnist"},
       Kind::labelled_images,
       add_emnist,
       nullptr},
      {{"cifar10", "cifar10:DIR, photographs 32x32 RGB, binary version plain or gzip, 10 labels"},
       Kind::labelled_images,
       add_cifar10,
       nullptr},
      {{"cifar100",
        "cifar100:DIR, photographs 32x32 RGB, binary version plain or gzip, 100 labels; #coarse: "
        "20 labels"},
       Kind::labelled_images,
       add_cifar100,
       nullptr},
      {{"images",
        "images:DIR or images:FILE.zip, PNG, JPEG, WebP, GIF, TIFF and BMP files, a folder per "
        "label; #val or #test: that part beside train; #skip-bad: without unreadable files; "
        "images.side, images.crop, images.channels, images.background"},
       Kind::labelled_images,
       add_folder,
       nullptr},
      {{"hdf5",
        "hdf5:FILE, /images uint8 (N,H,W,C) or (N,C,H,W), or numbers from 0 to 1 or -1 to 1; "
        "/labels "
        "optional; #images=NAME, #labels=NAME: datasets of other names"},
       Kind::labelled_images,
       add_packed,
       nullptr},
  };
  return all;
}

// A path that stands where its set should: as that would be said; empty: it is none.
std::string with_set(const std::string& path) {
  std::error_code none;
  const std::string extension = std::filesystem::path(path).extension();
  if (extension == ".zip" || std::filesystem::is_directory(path, none)) return "images:" + path;
  if (extension == ".h5" || extension == ".hdf5") return "hdf5:" + path;
  return "";
}

const Entry& find(const std::string& name) {
  std::vector<std::string> known;
  for (const Entry& entry : entries()) {
    if (entry.info.name == name) return entry;
    known.push_back(entry.info.name);
  }
  if (const std::string meant = with_set(name); !meant.empty())
    fail(Fault::usage, "--data {}: a path follows the name of its set; did you mean '{}'?", name,
         meant);
  fail(Fault::usage, "--data {}: no such data set{}", name, suggestion(name, known));
}

std::string names_from(Kind least) {
  std::vector<std::string> names;
  for (const Entry& entry : entries())
    if (entry.kind >= least) names.push_back(entry.info.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

Port DataSet::label() const {
  if (has_label()) return port.output("label");
  fail(Fault::usage,
       "data set '{}' has no labels{}, which graph '{}' needs: choose one of {}, with labels", name,
       unlabelled.empty() ? "" : " (" + unlabelled + ")", port.graph().name(),
       names_from(Kind::labelled_images));
}

namespace {

// "32 x 32 pixels with 3 channels"; 0 means any.
std::string size_text(Extent height, Extent width, Extent channels) {
  std::string text = height ? fmt::format("{} x {} pixels", height, width) : "any size";
  if (channels) text += fmt::format(" with {} channel{}", channels, channels == 1 ? "" : "s");
  return text;
}

// How images in files become what the graph needs.
std::string advice(const Entry& entry, const DataSet& data, const DataForm& form) {
  const Picture& p = data.picture;
  if (entry.kind != Kind::labelled_images) return {};
  if (form.channels && p.channels != form.channels)
    return entry.info.name == "images"
               ? fmt::format(": --set images.channels={} converts them", form.channels)
               : "";
  return fmt::format(": --set size={} resizes them", form.side);
}

}  // namespace

std::string name_of_part(const std::string& data, Part part) {
  const std::string set = data.substr(0, data.find(':'));
  if (const auto word = data.find('#'); word != data.npos) return set + data.substr(word);
  return part == Part::held_out ? set + "#test" : set;
}

DataSet add_data(Graph& graph, const std::string& name, DataForm form) {
  const auto [set, variant] = split(name);
  const Entry& entry = find(set);
  if (form.planes && entry.kind == Kind::points)
    fail(Fault::usage, "data set '{}' holds points, graph '{}' needs images: choose one of {}", set,
         graph.name(), names_from(Kind::plain_images));
  if (entry.kind == Kind::points && !variant.empty())
    fail(Fault::usage, "--data {}: '{}' takes nothing behind its name, write --data {}", name, set,
         set);
  if (form.part != Part::whole && entry.kind != Kind::labelled_images)
    fail(Fault::usage, "data set '{}' is drawn without end and holds nothing out: choose one of {}",
         set, names_from(Kind::labelled_images));
  DataSet data = entry.add(graph, set, variant, form);
  data.name = name;
  const Picture& p = data.picture;
  const bool fits =
      (!form.side || form.any_size || (p.height == form.side && p.width == form.side)) &&
      (!form.channels || p.channels == form.channels);
  if (!fits)
    fail(Fault::usage, "data set '{}' holds images of {}, graph '{}' needs {}{}", name,
         size_text(p.height, p.width, p.channels), graph.name(),
         size_text(form.any_size ? 0 : form.side, form.any_size ? 0 : form.side, form.channels),
         advice(entry, data, form));
  return data;
}

void evaluate_data(Graph& graph, const std::string& name, Port samples, Scalar k, Every every,
                   DataForm form) {
  const auto [set, variant] = split(name);
  if (const auto evaluate = find(set).evaluate) evaluate(graph, variant, samples, k, every, form);
}

std::vector<DataSetInfo> data_sets() {
  std::vector<DataSetInfo> infos;
  for (const Entry& entry : entries()) infos.push_back(entry.info);
  return infos;
}

}  // namespace ganflow

#include "graphs/dataset.h"

#include <charconv>
#include <cstdlib>
#include <map>
#include <mutex>

#include "engine/error.h"
#include "engine/suggest.h"
#include "io/idx.h"
#include "ops/metrics/density_kl_1d.h"
#include "ops/metrics/mode_coverage.h"
#include "ops/metrics/sphere_quality.h"
#include "ops/metrics/swiss_roll_quality.h"
#include "ops/sources/gaussian1d.h"
#include "ops/sources/gaussians2d.h"
#include "ops/sources/memory_set.h"
#include "ops/sources/spheres.h"
#include "ops/sources/swiss_roll.h"

namespace ganflow {
namespace {

// "spheres:48" -> {"spheres", "48"}.
std::pair<std::string, std::string> split(const std::string& name) {
  const auto colon = name.find(':');
  if (colon == std::string::npos) return {name, ""};
  return {name.substr(0, colon), name.substr(colon + 1)};
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
  spheres.count = g.option("spheres.count", spheres.count);
  spheres.side = g.option("spheres.side", static_cast<int>(spheres.side));
  spheres.radius = g.option("spheres.radius", static_cast<int>(spheres.radius));
  spheres.images = static_cast<std::uint64_t>(g.option("spheres.images", 0));
  return spheres;
}

// Files are read once a process, whatever the number of replicas.
std::shared_ptr<const IdxData> load_images(const std::string& directory) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<const IdxData>> loaded;
  const std::lock_guard lock(mutex);
  auto& data = loaded[directory];
  if (!data) data = std::make_shared<IdxData>(read_idx_images(find_idx(directory).images));
  return data;
}

DataSet add_idx(Graph& g, const std::string& name, std::string directory) {
  const char* root = std::getenv("GANFLOW_DATA");
  if (directory.empty() && root) directory = std::string(root) + "/" + name;
  if (directory.empty())
    fail(
        Fault::usage,
        "--data {}: say where its files are, --data {}:DIR, or set GANFLOW_DATA to the folder that "
        "holds '{}'",
        name, name, name);
  const auto data = load_images(directory);
  const Extent height = data->shape[1], width = data->shape[2];
  MemorySet set{.name = name, .bytes = {data, &data->bytes}, .item = {height * width}, .axes = "P"};
  return {g.add(name, set), height * width, {height, width, 1, 0, 1}};
}

template <class Set>
DataSet add_points(Graph& g, const std::string& name, const Set& set, Extent features,
                   double reach) {
  return {g.add(name, set), features, {.channels = 0, .lo = -reach, .hi = reach}};
}

struct Entry {
  DataSetInfo info;
  DataSet (*add)(Graph&, const std::string& name, const std::string& variant);
  void (*evaluate)(Graph&, const std::string& variant, Port, Scalar, Every);
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = {
      {{"spheres", "artificial spheres, 28x28; spheres:48 is 48x48, spheres:two has two spheres"},
       [](Graph& g, const std::string& name, const std::string& variant) {
         const Spheres set = sphere_options(g, variant);
         return DataSet{g.add(name, set), set.side * set.side, {set.side, set.side, 1, 0, 1}};
       },
       [](Graph& g, const std::string& variant, Port samples, Scalar k, Every every) {
         g.evaluate("quality", SphereQuality{.spheres = sphere_options(g, variant), .k = k},
                    samples, every);
       }},
      {{"gaussian1d", "one number, N(-0.6, 1)"},
       [](Graph& g, const std::string& name, const std::string&) {
         return add_points(g, name, Gaussian1d{}, 1, 5);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every) {
         g.evaluate("quality", DensityKl1d{}, samples, every);
       }},
      {{"gaussians8", "ring of 8 Gaussians in the plane"},
       [](Graph& g, const std::string& name, const std::string&) {
         return add_points(g, name, Gaussians8{}, 2, 2);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every) {
         g.evaluate("quality", ModeCoverage{.set = ToyMixture::gaussians8}, samples, every);
       }},
      {{"gaussians25", "5 x 5 grid of Gaussians in the plane"},
       [](Graph& g, const std::string& name, const std::string&) {
         return add_points(g, name, Gaussians25{}, 2, 2);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every) {
         g.evaluate("quality", ModeCoverage{.set = ToyMixture::gaussians25}, samples, every);
       }},
      {{"swissroll", "the Swiss roll seen from its side"},
       [](Graph& g, const std::string& name, const std::string&) {
         return add_points(g, name, SwissRoll{}, 2, 2.5);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every) {
         g.evaluate("quality", SwissRollQuality{}, samples, every);
       }},
      {{"mnist", "mnist:DIR, handwritten digits 28x28, IDX files plain or gzip"},
       [](Graph& g, const std::string& name, const std::string& dir) {
         return add_idx(g, name, dir);
       },
       nullptr},
      {{"fashion-mnist", "fashion-mnist:DIR, clothing 28x28, IDX files plain or gzip"},
       [](Graph& g, const std::string& name, const std::string& dir) {
         return add_idx(g, name, dir);
       },
       nullptr},
  };
  return all;
}

const Entry& find(const std::string& name) {
  std::vector<std::string> known;
  for (const Entry& entry : entries()) {
    if (entry.info.name == name) return entry;
    known.push_back(entry.info.name);
  }
  fail(Fault::usage, "--data {}: no such data set{}", name, suggestion(name, known));
}

}  // namespace

DataSet add_data(Graph& graph, const std::string& name) {
  const auto [set, variant] = split(name);
  return find(set).add(graph, set, variant);
}

void evaluate_data(Graph& graph, const std::string& name, Port samples, Scalar k, Every every) {
  const auto [set, variant] = split(name);
  if (const auto evaluate = find(set).evaluate) evaluate(graph, variant, samples, k, every);
}

std::vector<DataSetInfo> data_sets() {
  std::vector<DataSetInfo> infos;
  for (const Entry& entry : entries()) infos.push_back(entry.info);
  return infos;
}

}  // namespace ganflow

#include "io/run/extractor_file.h"

#include <filesystem>

#include "engine/error.h"
#include "io/disk/sealed.h"
#include "io/run/variables_file.h"

namespace ganflow {
namespace {

using Texts = std::map<std::string, std::string>;

void write_texts(const hdf5::File& file, const std::string& path, const Texts& texts) {
  const hdf5::Group group = hdf5::make_groups(file.id(), path);
  for (const auto& [name, text] : texts) hdf5::write_text(group.id(), name, text);
}

Texts read_texts(const hdf5::File& file, const std::string& path) {
  const hdf5::Group group = hdf5::make_groups(file.id(), path);
  Texts texts;
  for (const std::string& name : hdf5::attribute_names(group.id()))
    texts[name] = hdf5::read_text(group.id(), name);
  return texts;
}

}  // namespace

void write_extractor(const std::string& path, const ExtractorFile& e) {
  std::vector<VariableView> views;
  for (const auto& [name, values] : e.values) views.push_back({name, e.shapes.at(name), values});
  write_sealed(path, [&](const hdf5::File& file) {
    write_variables(file, views);
    write_texts(file, "network", e.options);
    write_texts(file, "provenance", e.provenance);
    hdf5::write_text(file.id(), "schema", "1.0");
    hdf5::write_text(file.id(), "kind", "extractor");
    hdf5::write_text(file.id(), "network", e.network);
    hdf5::write_number(file.id(), "complete", 1);
  });
}

ExtractorFile read_extractor(const std::string& path) {
  if (!std::filesystem::exists(path)) fail(Fault::usage, "{}: there is no such extractor", path);
  ExtractorFile e;
  read_sealed(path, [&](const hdf5::File& file) {
    if (hdf5::read_text(file.id(), "kind") != "extractor")
      fail(Fault::input, "{} is a {}, no extractor: make one with ganflow export RUN --extractor",
           path, hdf5::read_text(file.id(), "kind"));
    e.network = hdf5::read_text(file.id(), "network");
    e.options = read_texts(file, "network");
    e.provenance = read_texts(file, "provenance");
    StoredVariables stored = read_variables(path, file);
    e.values = std::move(stored.values);
    e.shapes = std::move(stored.shapes);
    e.state_crc = stored.state_crc;
  });
  return e;
}

}  // namespace ganflow

// An extractor: a network that sees features in images, its weights and where they come from. A
// sealed, immutable file.
//
//   /variables          its Variables (variables_file.h)
//   /network            text attributes: what the network is made of, "width" = "16"
//   /provenance         text attributes: data, steps, seed, accuracy, ...
//   root attributes     schema, kind = extractor, network, complete = 1, those of the Variables
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/graph/sink.h"

namespace ganflow {

struct ExtractorFile {
  std::string network;                            // "classifier", "inception"
  std::map<std::string, std::string> options;     // of the network
  std::map<std::string, std::string> provenance;  // for people: nothing depends on it
  std::map<std::string, std::vector<float>> values;
  std::map<std::string, Shape> shapes;
  std::uint32_t state_crc = 0;
};

// Durable. state_crc need not be given. Throws Error(output).
void write_extractor(const std::string& path, const ExtractorFile& extractor);

// Throws Error(usage) if there is no such file, Error(input) for one that is damaged or something
// else.
ExtractorFile read_extractor(const std::string& path);

}  // namespace ganflow

// Features of stored images by the name of their set: those that generated images are measured
// against, or images made elsewhere.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/cache.h"
#include "graphs/parts/dataset.h"
#include "graphs/quality/feature_quality.h"

namespace ganflow {

// All images of a part of a set, one after the other, planes (N,C,H,W) in [-1, 1].
struct StoredImages {
  std::shared_ptr<const Source> source;
  Extent n = 0;
  Picture picture;
  std::string name;         // "mnist#test"
  std::uint32_t crc32 = 0;  // of their pixels and labels

  std::vector<float> all() const;     // (n, C H W)
  std::vector<float> labels() const;  // (n); empty: they have none

 private:
  std::vector<float> output(std::size_t which) const;
};

// `data` as --data says it. Folders are resized to what the extractor takes, if that is square;
// `values` are --set values, of which those of images count (images.crop, size). Throws
// Error(usage) for a set that is no stored images, and what reading it throws.
StoredImages stored_images(const std::string& data, Part part, const Extractor& extractor,
                           const std::map<std::string, std::string>& values = {});

// What the extractor sees in them, without logits: from a file of the folder (engine/cache.h) made
// for these pixels, this program, its weights and this version of ganflow, or made and kept there.
// An empty folder and an extractor that is not of a file keep nothing. Throws Error(usage) for
// images that the extractor does not take.
Extracted kept_features(const StoredImages& images, const Extractor& extractor,
                        const std::filesystem::path& folder = cache_folder());

// Their features, made once a process for a set, part and extractor. Throws as both.
std::shared_ptr<const RealFeatures> real_features(
    const std::string& data, Part part, const std::shared_ptr<const Extractor>& extractor,
    const std::map<std::string, std::string>& values = {});

}  // namespace ganflow

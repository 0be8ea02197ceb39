// Features of real images: read from their file if it fits, made anew if not.
#include "graphs/quality/real_features.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "support/trained_extractor.h"

using namespace ganflow;
using namespace ganflow::test;
namespace fs = std::filesystem;

TEST_SUITE_BEGIN("graphs");

TEST_CASE("features of real images are made once for their pixels and the weights, then read") {
  const TemporaryDirectory dir;
  const fs::path folder = dir / "cache";
  write_extractor(dir / "e.h5", trained_extractor().file);
  const Extractor extractor("e.h5", read_extractor(dir / "e.h5"));
  const StoredImages images = stored_images(trained_extractor().data(), Part::held_out, extractor);
  CHECK(images.crc32 != 0);
  const auto files = [&] { return std::distance(fs::directory_iterator(folder), {}); };

  const Extracted made = kept_features(images, extractor, folder);
  CHECK(made.n == 70);
  CHECK(made.width == 16);
  CHECK(made.features == extractor.extract(images.all(), 70, images.picture).features);
  REQUIRE(files() == 1);

  // Without a source nothing can be made: this is read.
  StoredImages gone = images;
  gone.source = nullptr;
  const Extracted read = kept_features(gone, extractor, folder);
  CHECK(read.features == made.features);
  CHECK(read.n == 70);
  CHECK(read.width == 16);

  const fs::path file = *fs::directory_iterator(folder);
  flip_bit(file.string(), fs::file_size(file) / 2);
  CHECK(kept_features(images, extractor, folder).features == made.features);
  CHECK(kept_features(gone, extractor, folder).features == made.features);
  CHECK(files() == 1);

  StoredImages others = images;
  ++others.crc32;
  kept_features(others, extractor, folder);
  CHECK(files() == 2);
  const auto retrained = train_extractor({.width = 4}, {{"lr", "0.02"}, {"shift", "0"}});
  write_extractor(dir / "f.h5", retrained->file);
  const Extractor another("f.h5", read_extractor(dir / "f.h5"));
  CHECK(kept_features(images, another, folder).features != made.features);
  CHECK(files() == 3);
}

TEST_CASE("nothing is kept without a folder and of an extractor that is no file") {
  const TemporaryDirectory dir;
  write_extractor(dir / "e.h5", trained_extractor().file);
  const Extractor unnamed("e.h5", trained_extractor().file),
      named("e.h5", read_extractor(dir / "e.h5"));
  const StoredImages images = stored_images(trained_extractor().data(), Part::held_out, named);
  const Extracted all = kept_features(images, unnamed, dir / "cache");
  CHECK_FALSE(fs::exists(dir / "cache"));
  CHECK(kept_features(images, named, "").features == all.features);
}

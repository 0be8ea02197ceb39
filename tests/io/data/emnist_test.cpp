#include "io/data/emnist.h"

#include <doctest/doctest.h>

#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

void write_part(const TemporaryDirectory& dir, const std::string& prefix,
                const std::vector<char>& labels) {
  write_bytes(dir / ("emnist-" + prefix + "-images-idx3-ubyte.gz"),
              gzip(idx_bytes(0x803, {3, 2, 4}, 24)));
  std::vector<char> bytes = idx_bytes(0x801, {3}, 0);
  bytes.insert(bytes.end(), labels.begin(), labels.end());
  write_bytes(dir / ("emnist-" + prefix + "-labels-idx1-ubyte"), bytes);
}

}  // namespace

TEST_SUITE_BEGIN("io");

// Was: refused, labels above 9.
TEST_CASE("EMNIST stands upright, its classes have the characters' names") {
  const TemporaryDirectory dir;
  write_part(dir, "balanced-train", {0, 36, 46});
  write_part(dir, "byclass-test", {9, 10, 61});
  write_part(dir, "letters-test", {1, 2, 26});
  const ImageSet balanced = read_emnist(dir.path());
  CHECK(balanced.classes == 47);
  CHECK(balanced.labels == std::vector<std::uint16_t>{0, 36, 46});
  CHECK(balanced.class_names.at(0) == "0");
  CHECK(balanced.class_names.at(36) == "a");
  CHECK(balanced.class_names.at(46) == "t");
  // Rows of 4 became columns of 4: pixel (y, x) was stored at (x, y).
  CHECK(balanced.height == 4);
  CHECK(balanced.width == 2);
  CHECK(std::vector(balanced.bytes.begin() + 8, balanced.bytes.begin() + 16) ==
        std::vector<std::uint8_t>{8, 12, 9, 13, 10, 14, 11, 15});
  const ImageSet byclass = read_emnist(dir.path(), "byclass", Split::test);
  CHECK(byclass.classes == 62);
  CHECK(byclass.class_names.at(10) == "A");
  CHECK(byclass.class_names.at(61) == "z");
  // The published labels of letters begin at 1.
  const ImageSet letters = read_emnist(dir.path(), "letters", Split::test);
  CHECK(letters.labels == std::vector<std::uint16_t>{0, 1, 25});
  CHECK(letters.classes == 26);
  CHECK(letters.class_names.at(25) == "Z");
  const std::vector<std::string> parts = {"balanced", "byclass", "bymerge",
                                          "digits",   "letters", "mnist"};
  CHECK(emnist_parts() == parts);
}

TEST_CASE("EMNIST: what is missing or beyond the classes is said") {
  const TemporaryDirectory dir;
  CHECK(error_of([&] { read_emnist(dir.path(), "digits", Split::test); }) ==
        "2 directory " + dir.path() +
            " lacks emnist-digits-test-images-idx3-ubyte[.gz] and "
            "emnist-digits-test-labels-idx1-ubyte[.gz]");
  CHECK(error_of([&] { read_emnist(dir.path(), "letter"); }) ==
        "2 EMNIST letter: no such part; did you mean 'letters'? there are: balanced, byclass, "
        "bymerge, digits, letters, mnist");
  write_part(dir, "letters-train", {1, 0, 26});
  CHECK(error_of([&] { read_emnist(dir.path(), "letters"); }) ==
        "6 " + (dir / "emnist-letters-train-labels-idx1-ubyte") +
            ": label 0 at offset 9: expected 1 to 26");
  write_part(dir, "bymerge-train", {1, 47, 26});
  CHECK(error_of([&] { read_emnist(dir.path(), "bymerge"); }) ==
        "6 " + (dir / "emnist-bymerge-train-labels-idx1-ubyte") +
            ": label 47 at offset 9: expected 0 to 46");
}

TEST_SUITE_END();

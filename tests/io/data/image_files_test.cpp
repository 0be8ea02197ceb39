#include "io/data/image_files.h"

#include <doctest/doctest.h>
#include <zip.h>

#include <filesystem>

#include "engine/error.h"
#include "io/data/image_folder.h"
#include "io/images/png.h"
#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

namespace fs = std::filesystem;

// Makes the folders, too.
void put(const TemporaryDirectory& dir, const std::string& name, int level = 0) {
  fs::create_directories(fs::path(dir / name).parent_path());
  write_png(dir / name, flat_picture(2, 2, 1, level));
}

std::vector<std::string> names_of(const ImageFiles& files) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < files.count(); ++i) names.push_back(files.name(i));
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("io");

// Was: `.ipynb_checkpoints` became class 0, and all other labels moved by one.
TEST_CASE("hidden files and folders are never entered") {
  const TemporaryDirectory dir;
  for (const char* name : {"cat/a.png", "cat/.b.png", ".ipynb_checkpoints/a.png",
                           "dog/@eaDir/a.png", "dog/c.png", "__MACOSX/a.png"})
    put(dir, name);
  CHECK(names_of(ImageFiles(dir.path())) == Names{"cat/a.png", "dog/c.png"});
}

// Was: linked folders were left out without a word.
TEST_CASE("linked folders are followed, each once, and a loop ends") {
  const TemporaryDirectory dir, elsewhere;
  put(dir, "set/dog/a.png");
  put(elsewhere, "cats/b.png");
  fs::create_directory_symlink(elsewhere / "cats", dir / "set/cat");
  fs::create_directory_symlink(dir / "set", dir / "set/dog/loop");
  fs::create_directory_symlink(dir / "set/dog", dir / "set/again");
  fs::create_symlink(dir / "nothing.png", dir / "set/dog/gone.png");
  const ImageFiles files(dir / "set");
  CHECK(names_of(files) == Names{"cat/b.png", "dog/a.png"});
  CHECK(files.notes() == Names{"2 linked folders read already, by another path: again, dog/loop",
                               "1 folder without an image: again"});
}

// Was: folder "10" had label 2.
TEST_CASE("folders that are all numbers order as numbers, others as text") {
  const TemporaryDirectory dir;
  for (const char* name : {"10/a.png", "9/a.png", "2/a.png", "2/10.png", "2/9.png"}) put(dir, name);
  CHECK(names_of(ImageFiles(dir.path())) ==
        Names{"2/10.png", "2/9.png", "2/a.png", "9/a.png", "10/a.png"});
  CHECK(read_image_folder(dir.path()).class_names == Names{"2", "9", "10"});
  put(dir, "x/a.png");
  CHECK(ImageFiles(dir.path()).top_folders() == Names{"10", "2", "9", "x"});
}

// Was: train and val became two classes.
TEST_CASE("a root of train and val holds the parts of one set") {
  const TemporaryDirectory dir;
  for (const char* name : {"train/cat/a.png", "train/dog/b.png", "val/cat/c.png", "val/dog/d.png"})
    put(dir, name);
  const ImageFiles train(dir.path());
  CHECK(names_of(train) == Names{"cat/a.png", "dog/b.png"});
  CHECK(train.notes() == Names{"its folder train is read; #val would be the other part"});
  CHECK(names_of(ImageFiles(dir.path(), "val")) == Names{"cat/c.png", "dog/d.png"});
  CHECK(ImageFiles(dir.path(), "val").path(0) == dir / "val/cat/c.png");
  CHECK(error_of([&] { ImageFiles(dir.path(), "test"); }) ==
        "2 directory " + dir.path() + " has no folder 'test'");
  put(dir, "cat/e.png");  // no longer parts only
  CHECK(ImageFiles(dir.path()).top_folders() == Names{"cat", "train", "val"});
}

// Was: files of other kinds and empty folders passed unseen.
TEST_CASE("what is left out is said") {
  const TemporaryDirectory dir;
  put(dir, "cat/a.png");
  fs::create_directory(dir / "dog");
  for (const char* name : {"cat/a.txt", "cat/b.txt", "cat/c.heic"}) write_bytes(dir / name, {'x'});
  CHECK(ImageFiles(dir.path()).notes() == Names{"3 files of other kinds left out: 1 .heic, 2 .txt",
                                                "1 folder without an image: dog"});
}

// Was: files beside the images of one part were counted with the other part, and a class without
// an image within a part passed unseen.
TEST_CASE("of a part what is left out there is said") {
  const TemporaryDirectory dir;
  for (const char* name : {"train/cat/a.png", "val/cat/b.png"}) put(dir, name);
  fs::create_directory(dir / "train/dog");
  write_bytes(dir / "train/cat/a.txt", {'x'});
  const std::string other = "its folder val is read; #train would be the other part";
  CHECK(ImageFiles(dir.path(), "val").notes() == Names{other});
  CHECK(ImageFiles(dir.path()).notes() ==
        Names{"its folder train is read; #val would be the other part",
              "1 file of other kinds left out: 1 .txt", "1 folder without an image: dog"});
}

// Was: an empty file "begins with" nothing, and #skip-bad was advised where no file would be left.
TEST_CASE("a folder of empty files is refused with and without #skip-bad") {
  const TemporaryDirectory dir;
  for (const char* name : {"a/1.png", "b/2.png"}) {
    put(dir, name);
    write_bytes(dir / name, {});
  }
  const std::string says = "6 2 of 2 files cannot be read: " + (dir / "a/1.png") + " is empty; " +
                           (dir / "b/2.png") + " is empty; mend or remove them";
  CHECK(error_of([&] { read_image_folder(dir.path()); }) == says);
  CHECK(error_of([&] { read_image_folder(dir.path(), {.skip_bad = true}); }) == says);
}

// Was: the first bad file only was named, and nothing went on without it.
TEST_CASE("all files that cannot be read are named, or left out with #skip-bad") {
  const TemporaryDirectory dir;
  for (int i = 0; i < 20; ++i) put(dir, fmt::format("{}/{:02}.png", i % 2 ? "b" : "a", i), i);
  for (int i = 0; i < 13; ++i)
    write_bytes(dir / fmt::format("{}/{:02}.png", i % 2 ? "b" : "a", i), {'b', 'a', 'd', '!'});
  const std::string error = error_of([&] { read_image_folder(dir.path()); });
  CHECK(error.starts_with("6 13 of 20 files cannot be read: " + (dir / "a/00.png") + " is no PNG"));
  CHECK(
      error.ends_with("; and 3 more; mend or remove them, or add #skip-bad to --data to go on "
                      "without"));
  const ImageSet set = read_image_folder(dir.path(), {.skip_bad = true});
  CHECK(set.count == 7);
  CHECK(set.labels == std::vector<std::uint16_t>{0, 0, 0, 1, 1, 1, 1});
  const int levels[] = {14, 16, 18, 13, 15, 17, 19};
  for (int i = 0; i < 7; ++i) CHECK(set.bytes[i * 4] == levels[i]);
  REQUIRE(set.notes.size() == 1);
  CHECK(set.notes[0].starts_with("13 of 20 files cannot be read and are left out: "));
}

// Was: archives had to be unpacked by hand.
TEST_CASE("a zip archive is read as the folder that it packs") {
  const TemporaryDirectory dir;
  int error = 0;
  zip_t* zip = zip_open((dir / "set.zip").c_str(), ZIP_CREATE, &error);
  for (const char* name : {"dog/b.png", "cat/a.png", "__MACOSX/cat/a.png", "cat/.c.png"}) {
    put(dir, std::string("set/") + name, name[0]);
    zip_file_add(zip, name, zip_source_file(zip, (dir / "set/" + name).c_str(), 0, -1), 0);
  }
  REQUIRE(zip_close(zip) == 0);
  const ImageSet packed = read_image_folder(dir / "set.zip");
  const ImageSet plain = read_image_folder(dir / "set");
  CHECK(packed.count == 2);
  CHECK(packed.bytes == plain.bytes);
  CHECK(packed.class_names == Names{"cat", "dog"});
  std::vector<char> bytes = file_bytes(dir / "set.zip");
  for (std::size_t i = 60; i < 90; ++i) bytes[i] = static_cast<char>(bytes[i] ^ 0x55);
  write_bytes(dir / "set.zip", bytes);
  CHECK(error_of([&] { read_image_folder(dir / "set.zip"); }).starts_with("6 "));
  bytes.resize(bytes.size() / 2);
  write_bytes(dir / "set.zip", bytes);
  CHECK(error_of([&] {
          read_image_folder(dir / "set.zip");
        }).starts_with("6 " + (dir / "set.zip") + " is not a whole zip archive"));
}

// Was: found by the fuzzer, a line break in an entry's name broke the sentence about it.
TEST_CASE("an archive with a control character in a name is refused") {
  const TemporaryDirectory dir;
  int error = 0;
  put(dir, "a.png");
  zip_t* zip = zip_open((dir / "set.zip").c_str(), ZIP_CREATE, &error);
  zip_file_add(zip, "cat/a\n.png", zip_source_file(zip, (dir / "a.png").c_str(), 0, -1), 0);
  REQUIRE(zip_close(zip) == 0);
  CHECK(error_of([&] { ImageFiles(dir / "set.zip"); }) ==
        "6 " + (dir / "set.zip") +
            ": the name of its entry 0 holds a control character; rename it");
}

TEST_CASE("a set is summed up in one line") {
  ImageSet set{.count = 96, .channels = 3, .height = 32, .width = 48};
  CHECK(summary(set) == "96 images of 32 x 48 pixels (height x width) with 3 channels, no labels");
  set.labels.resize(96);
  set.classes = 2;
  set.class_names = {"cat", "dog"};
  CHECK(summary(set).ends_with("channels, 2 classes: cat, dog"));
  set.class_names.clear();
  for (int i = 0; i < 20; ++i) set.class_names.push_back(std::to_string(i));
  CHECK(summary(set).ends_with(": 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 19"));
}

TEST_SUITE_END();

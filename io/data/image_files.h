// The image files of a folder or of a zip archive, in a fixed order, and what was left out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ganflow {

// Files that end in one of image_extensions(), at any depth. Hidden ones are never entered: names
// that begin with a dot, `@eaDir` and `__MACOSX`. Linked folders are followed, each folder once.
//
// The order is that of the paths' bytes; if the names of all top folders are numbers, these order
// as numbers. A top level of `train` and one or more of `val`, `valid`, `validation`, `test` and
// nothing else are the splits of one set: `split` says which part is wanted ("train", "val" or
// "test"; empty: train), and what follows is that of the part.
class ImageFiles {
 public:
  // Throws Error(usage) for a path that is not there, holds no image or has no such split,
  // Error(input) for what cannot be read.
  explicit ImageFiles(const std::string& path, const std::string& split = "");
  ~ImageFiles();

  std::size_t count() const { return names_.size(); }
  // Relative to the split: "cat/001.png".
  const std::string& name(std::size_t i) const { return names_[i]; }
  // For messages: "pets/train/cat/001.png".
  std::string path(std::size_t i) const;
  // Of one file, at most 256 MiB; from any thread. Throws Error.
  std::vector<std::uint8_t> read(std::size_t i) const;

  // "folder" or "archive", then the path.
  std::string title() const;
  // Names of the top folders with images, in the order of their images.
  std::vector<std::string> top_folders() const;
  // What was left out and why, a sentence each.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  class Archive;
  void choose_split(const std::string& split);
  void sort();
  // Of the part that is read: files that are no images, folders without one.
  void note_left_out(const std::vector<std::string>& files,
                     const std::vector<std::string>& folders);

  std::string path_, inside_;  // the part of the paths that a split takes: "train/"
  std::unique_ptr<Archive> archive_;
  std::vector<std::string> names_, notes_;
};

// "train", "val" or "test" for a top folder of that kind, otherwise empty.
std::string split_of(const std::string& folder);

}  // namespace ganflow

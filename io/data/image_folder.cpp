#include "io/data/image_folder.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>

#include "engine/error.h"
#include "io/data/image_files.h"
#include "io/data/parallel.h"
#include "io/data/resample.h"
#include "io/images/image_file.h"

namespace ganflow {
namespace {

constexpr Extent kMostSide = 1024;

void check_options(const ImageFolder& o) {
  if (o.side < 0 || o.side > kMostSide)
    fail(Fault::usage, "images.side is {}, it must be 1 to {} pixels", o.side, kMostSide);
  if (o.crop < 0 || (o.crop > 0 && o.side == 0))
    fail(Fault::usage, "images.crop is {}, it must be above 0 and needs images.side to resize to",
         o.crop);
  if (o.channels != 0 && o.channels != 1 && o.channels != 3)
    fail(Fault::usage, "images.channels is {}, it must be 1 or 3", o.channels);
  if (o.background < 0 || o.background > 255)
    fail(Fault::usage, "images.background is {}, it must be 0 (black) to 255 (white)",
         o.background);
}

// Reads images and makes them alike.
class Reader {
 public:
  Reader(const ImageFiles& files, const ImageFolder& options) : files_(files), options_(options) {
    unread_.resize(files.count());
  }

  // Absent for a file that cannot be read, which is remembered.
  std::optional<Pixels> operator()(std::size_t i) {
    const std::string path = files_.path(i);
    std::optional<Pixels> read;
    try {
      read = decode_image(files_.read(i), path, options_.background);
    } catch (const Error& error) {
      unread_[i] = error.what();
      return read;
    }
    return prepared(std::move(*read), path);
  }

  void require_like(const Pixels& p, std::size_t i, const Pixels& like, std::size_t first) const {
    if (p.height != like.height || p.width != like.width)
      fail(Fault::input,
           "{} has {} x {} pixels (height x width), expected {} x {} as {} has; set images.side "
           "to crop and resize all",
           files_.path(i), p.height, p.width, like.height, like.width, files_.path(first));
    if (p.channels != like.channels)
      fail(Fault::input,
           "{} has {} channel{}, expected {} as {} has; set images.channels to convert all",
           files_.path(i), p.channels, p.channels == 1 ? "" : "s", like.channels,
           files_.path(first));
  }

  // By file: why it cannot be read; empty if it can.
  const std::vector<std::string>& unread() const { return unread_; }

 private:
  Pixels prepared(Pixels p, const std::string& path) const {
    if (options_.channels > 0) p = with_channels(p, options_.channels);
    if (options_.side == 0) return p;
    const Extent least = std::min(p.height, p.width);
    const Extent crop = options_.crop > 0 ? options_.crop : least;
    if (crop > least)
      fail(Fault::input, "{} has {} x {} pixels (height x width), expected at least the crop of {}",
           path, p.height, p.width, crop);
    return resize(centre_crop(p, crop, crop), options_.side, options_.side);
  }

  const ImageFiles& files_;
  const ImageFolder& options_;
  std::vector<std::string> unread_;
};

// (H, W, C) -> (C, H, W)
void write_planes(const Pixels& pixels, std::uint8_t* to) {
  const auto channels = static_cast<std::size_t>(pixels.channels);
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t i = c; i < pixels.data.size(); i += channels) *to++ = pixels.data[i];
}

void label(ImageSet& set, const ImageFiles& files) {
  for (std::size_t i = 0; i < files.count(); ++i)
    if (files.name(i).find('/') == std::string::npos) {
      set.unlabelled = fmt::format("its image {} lies in no folder of a class", files.name(i));
      return;
    }
  const std::vector<std::string> classes = files.top_folders();
  if (classes.size() < 2) {
    set.unlabelled = fmt::format("all its images lie in one folder, {}", classes[0]);
    return;
  }
  if (static_cast<Extent>(classes.size()) > kMaxClasses)
    fail(Fault::input, "{} has {} folders of classes, expected at most {}", files.title(),
         classes.size(), kMaxClasses);
  std::map<std::string, std::uint16_t> number;
  for (const std::string& name : classes)
    number.emplace(name, static_cast<std::uint16_t>(number.size()));
  for (std::size_t i = 0; i < files.count(); ++i)
    set.labels.push_back(number.at(files.name(i).substr(0, files.name(i).find('/'))));
  set.classes = static_cast<Extent>(classes.size());
  set.class_names = classes;
}

// Files that cannot be read: an error that names them, or the set without them and a note.
void settle_unread(ImageSet& set, const std::vector<std::string>& unread, const ImageFiles& files,
                   bool skip) {
  constexpr std::size_t kMostNamed = 10;
  std::vector<std::string> reasons;
  for (const std::string& reason : unread)
    if (!reason.empty()) reasons.push_back(reason);
  if (reasons.empty()) return;
  const std::size_t named = std::min(kMostNamed, reasons.size());
  std::string list = fmt::format("{}", fmt::join(reasons.begin(), reasons.begin() + named, "; "));
  if (named < reasons.size()) list += fmt::format("; and {} more", reasons.size() - named);
  const bool one = reasons.size() == 1, all = reasons.size() == files.count();
  if (!skip || all)
    fail(Fault::input, "{}{}; mend or remove {}{}",
         one ? "" : fmt::format("{} of {} files cannot be read: ", reasons.size(), files.count()),
         list, one ? "it" : "them", all ? "" : ", or add #skip-bad to --data to go on without");
  set.notes.push_back(fmt::format("{} of {} files cannot be read and are left out: {}",
                                  reasons.size(), files.count(), list));
  const auto image = set.image_bytes();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < unread.size(); ++i) {
    if (!unread[i].empty()) continue;
    std::copy_n(set.bytes.begin() + static_cast<Extent>(i) * image, image,
                set.bytes.begin() + static_cast<Extent>(kept) * image);
    if (!set.labels.empty()) set.labels[kept] = set.labels[i];
    ++kept;
  }
  set.count = static_cast<Extent>(kept);
  set.bytes.resize(kept * static_cast<std::size_t>(image));
  if (!set.labels.empty()) set.labels.resize(kept);
}

}  // namespace

ImageSet read_image_folder(const std::string& path, const ImageFolder& options) {
  check_options(options);
  const ImageFiles files(path, options.split);
  Reader read(files, options);
  ImageSet set{.count = static_cast<Extent>(files.count()), .notes = files.notes()};
  std::size_t first = 0;
  std::optional<Pixels> like;
  while (first < files.count() && !(like = read(first))) ++first;
  if (!like) {
    settle_unread(set, read.unread(), files, options.skip_bad);
    return set;
  }
  set.channels = like->channels;
  set.height = like->height;
  set.width = like->width;
  const auto image = static_cast<std::uint64_t>(set.image_bytes());
  if (image > kMaxImageSetBytes / files.count())
    fail(Fault::input,
         "{}: {} images of {} bytes are {} bytes, expected at most {}; set images.side to resize "
         "them",
         files.title(), files.count(), image, image * files.count(), kMaxImageSetBytes);
  label(set, files);
  set.bytes.resize(image * files.count());
  read_each(files.count() - first, [&](std::size_t n) {
    const std::size_t i = first + n;
    const std::optional<Pixels> pixels = n == 0 ? like : read(i);
    if (!pixels) return;
    read.require_like(*pixels, i, *like, first);
    write_planes(*pixels, set.bytes.data() + i * image);
  });
  settle_unread(set, read.unread(), files, options.skip_bad);
  return set;
}

}  // namespace ganflow

#include "io/data/image_folder.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "engine/error.h"
#include "io/data/byte_source.h"
#include "io/data/parallel.h"
#include "io/data/resample.h"
#include "io/images/jpeg.h"
#include "io/images/png.h"

namespace ganflow {
namespace {

namespace fs = std::filesystem;

constexpr Extent kMostSide = 1024;

bool is_image(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return (extension == ".png" || extension == ".jpg" || extension == ".jpeg") &&
         path.filename().string()[0] != '.';
}

// Relative paths.
std::vector<std::string> image_paths(const std::string& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error))
    fail(Fault::usage, "there is no directory {}", directory);
  std::vector<std::string> paths;
  for (fs::recursive_directory_iterator at(directory, error), end; at != end; at.increment(error)) {
    if (error) break;
    if (is_image(at->path()) && at->is_regular_file(error))
      paths.push_back(at->path().lexically_relative(directory).string());
  }
  if (error) fail(Fault::input, "{} cannot be read: {}", directory, error.message());
  if (paths.empty())
    fail(Fault::usage, "directory {} holds no image: expected *.png, *.jpg or *.jpeg", directory);
  std::sort(paths.begin(), paths.end());
  return paths;
}

void check_options(const ImageFolder& o) {
  if (o.side < 0 || o.side > kMostSide)
    fail(Fault::usage, "images.side is {}, it must be 1 to {} pixels", o.side, kMostSide);
  if (o.crop < 0 || (o.crop > 0 && o.side == 0))
    fail(Fault::usage, "images.crop is {}, it must be above 0 and needs images.side to resize to",
         o.crop);
  if (o.channels != 0 && o.channels != 1 && o.channels != 3)
    fail(Fault::usage, "images.channels is {}, it must be 1 or 3", o.channels);
}

// Reads images and makes them alike.
class Reader {
 public:
  Reader(const std::string& first, const ImageFolder& options)
      : first_(first), options_(options), like_(prepare(first)) {}

  const Pixels& like() const { return like_; }

  Pixels operator()(const std::string& path) const {
    Pixels p = prepare(path);
    if (p.height != like_.height || p.width != like_.width)
      fail(Fault::input,
           "{} has {} x {} pixels (height x width), expected {} x {} as {} has; set images.side "
           "to crop and resize all",
           path, p.height, p.width, like_.height, like_.width, first_);
    if (p.channels != like_.channels)
      fail(Fault::input,
           "{} has {} channel{}, expected {} as {} has; set images.channels to convert all", path,
           p.channels, p.channels == 1 ? "" : "s", like_.channels, first_);
    return p;
  }

 private:
  Pixels prepare(const std::string& path) const {
    Pixels p = read_image(path);
    if (options_.channels > 0) p = with_channels(p, options_.channels);
    if (options_.side == 0) return p;
    const Extent least = std::min(p.height, p.width);
    const Extent crop = options_.crop > 0 ? options_.crop : least;
    if (crop > least)
      fail(Fault::input, "{} has {} x {} pixels (height x width), expected at least the crop of {}",
           path, p.height, p.width, crop);
    return resize(centre_crop(p, crop, crop), options_.side, options_.side);
  }

  std::string first_;
  ImageFolder options_;
  Pixels like_;
};

// (H, W, C) -> (C, H, W)
void write_planes(const Pixels& pixels, std::uint8_t* to) {
  const auto channels = static_cast<std::size_t>(pixels.channels);
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t i = c; i < pixels.data.size(); i += channels) *to++ = pixels.data[i];
}

void label(ImageSet& set, const std::string& directory, const std::vector<std::string>& paths) {
  std::set<std::string> names;
  for (const std::string& path : paths) {
    const auto slash = path.find('/');
    if (slash == std::string::npos) {
      set.unlabelled = fmt::format("its image {} lies in no folder of a class", path);
      return;
    }
    names.insert(path.substr(0, slash));
  }
  if (names.size() < 2) {
    set.unlabelled = fmt::format("all its images lie in one folder, {}", *names.begin());
    return;
  }
  if (static_cast<Extent>(names.size()) > kMaxClasses)
    fail(Fault::input, "directory {} has {} folders of classes, expected at most {}", directory,
         names.size(), kMaxClasses);
  const std::vector<std::string> classes(names.begin(), names.end());
  for (const std::string& path : paths) {
    const auto at =
        std::lower_bound(classes.begin(), classes.end(), path.substr(0, path.find('/')));
    set.labels.push_back(static_cast<std::uint16_t>(at - classes.begin()));
  }
  set.classes = static_cast<Extent>(classes.size());
}

}  // namespace

Pixels read_image(const std::string& path) {
  std::array<std::uint8_t, 4> head{};
  {
    ByteSource source(path);
    head.fill(0);
    source.read(head);
  }
  if (head[0] == 0xff && head[1] == 0xd8) return read_jpeg(path);
  if (head == std::array<std::uint8_t, 4>{0x89, 'P', 'N', 'G'}) return read_png(path);
  fail(Fault::input,
       "{} is neither PNG nor JPEG: expected 89 50 4e 47 or ff d8 at offset 0, found {:02x}", path,
       fmt::join(head, " "));
}

ImageSet read_image_folder(const std::string& directory, const ImageFolder& options) {
  check_options(options);
  const std::vector<std::string> paths = image_paths(directory);
  const Reader read(directory + "/" + paths[0], options);
  const Pixels& like = read.like();
  ImageSet set{.count = static_cast<Extent>(paths.size()),
               .channels = like.channels,
               .height = like.height,
               .width = like.width};
  const auto image = static_cast<std::uint64_t>(set.image_bytes());
  if (image > kMaxImageSetBytes / paths.size())
    fail(
        Fault::input,
        "directory {}: {} images of {} bytes are {} bytes, expected at most {}; set images.side to "
        "resize them",
        directory, paths.size(), image, image * paths.size(), kMaxImageSetBytes);
  label(set, directory, paths);
  set.bytes.resize(image * paths.size());

  read_each(paths.size(), [&](std::size_t i) {
    write_planes(read(directory + "/" + paths[i]), set.bytes.data() + i * image);
  });
  return set;
}

}  // namespace ganflow

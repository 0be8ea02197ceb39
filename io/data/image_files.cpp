#include "io/data/image_files.h"

#include <fmt/ranges.h>
#include <sys/stat.h>
#include <zip.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>

#include "engine/error.h"
#include "io/data/byte_source.h"
#include "io/images/image_file.h"

namespace ganflow {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 50'000'000;  // of an archive

std::string extension_of(const std::string& name) {
  std::string extension = fs::path(name).extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return extension;
}

bool is_hidden(const std::string& name) {
  return name.starts_with('.') || name == "@eaDir" || name == "__MACOSX";
}

std::string top_of(const std::string& name) { return name.substr(0, name.find('/')); }

bool is_number(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Listing {
  std::vector<std::string> files, folders;  // relative; folders with no slash at the end
  std::vector<std::string> repeated;        // links to folders that were entered already
};

// Real folders before linked ones, so that a link never hides the folder that it points to.
Listing list_folder(const std::string& root) {
  Listing all;
  std::set<std::pair<dev_t, ino_t>> entered;
  std::vector<std::string> linked;
  const auto enter = [&](const std::string& relative) {
    struct stat status {};
    return ::stat((root + "/" + relative).c_str(), &status) == 0 &&
           entered.emplace(status.st_dev, status.st_ino).second;
  };
  const auto list = [&](auto&& self, const std::string& folder) -> void {
    std::error_code error;
    const std::string directory = folder.empty() ? root : root + "/" + folder;
    for (fs::directory_iterator at(directory, error), end; !error && at != end;
         at.increment(error)) {
      const std::string name = at->path().filename().string();
      if (is_hidden(name)) continue;
      const std::string relative = folder.empty() ? name : folder + "/" + name;
      std::error_code ignored;  // of a link to nothing: no file
      if (!at->is_directory(ignored)) {
        if (at->is_regular_file(ignored)) all.files.push_back(relative);
        continue;
      }
      all.folders.push_back(relative);
      if (at->is_symlink(ignored))
        linked.push_back(relative);
      else if (enter(relative))
        self(self, relative);
    }
    if (error) fail(Fault::input, "{} cannot be read: {}", directory, error.message());
  };
  enter("");
  list(list, "");
  while (!linked.empty()) {
    std::vector<std::string> links;
    links.swap(linked);
    std::sort(links.begin(), links.end());
    for (const std::string& link : links) {
      if (enter(link))
        list(list, link);
      else
        all.repeated.push_back(link);
    }
  }
  return all;
}

// "a, b, c and 4 more"
std::string some_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 5;
  const std::size_t n = std::min(kMost, names.size());
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + n, ", "));
  if (n < names.size()) text += fmt::format(" and {} more", names.size() - n);
  return text;
}

}  // namespace

// libzip's handles are no business of two threads at once; decoding is.
class ImageFiles::Archive {
 public:
  explicit Archive(const std::string& path) : path_(path) {
    int code = 0;
    zip_ = ::zip_open(path.c_str(), ZIP_RDONLY, &code);
    if (zip_) return;
    zip_error_t error;
    ::zip_error_init_with_code(&error, code);
    const std::string reason = ::zip_error_strerror(&error);
    ::zip_error_fini(&error);
    fail(Fault::input, "{} is not a whole zip archive: {}", path, reason);
  }
  ~Archive() { ::zip_discard(zip_); }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  Listing list() {
    Listing all;
    const zip_int64_t entries = ::zip_get_num_entries(zip_, 0);
    if (entries < 0 || static_cast<std::uint64_t>(entries) > kMostEntries)
      fail(Fault::input, "{} has {} entries, expected at most {}", path_, entries, kMostEntries);
    for (zip_int64_t i = 0; i < entries; ++i) {
      const char* raw = ::zip_get_name(zip_, static_cast<zip_uint64_t>(i), 0);
      std::string name = raw ? raw : "";
      if (std::any_of(name.begin(), name.end(), [](unsigned char c) { return std::iscntrl(c); }))
        fail(Fault::input, "{}: the name of its entry {} holds a control character; rename it",
             path_, i);
      const fs::path parts(name);
      if (name.empty() || std::any_of(parts.begin(), parts.end(), [](const fs::path& part) {
            return is_hidden(part.string());
          }))
        continue;
      const bool folder = name.back() == '/';
      if (folder) name.pop_back();
      (folder ? all.folders : all.files).push_back(name);
      if (!folder) index_[name] = static_cast<zip_uint64_t>(i);
    }
    std::sort(all.files.begin(), all.files.end());
    all.files.erase(std::unique(all.files.begin(), all.files.end()), all.files.end());
    return all;
  }

  std::vector<std::uint8_t> read(const std::string& name, const std::string& title) {
    constexpr std::uint64_t kMostBytes = 1 << 28;
    const std::lock_guard lock(mutex_);
    const zip_uint64_t index = index_.at(name);
    zip_stat_t status;
    const auto check = [&](bool good) {
      if (!good)
        fail(Fault::input, "{} cannot be unpacked: {}", title,
             ::zip_error_strerror(zip_get_error(zip_)));
    };
    check(::zip_stat_index(zip_, index, 0, &status) == 0);
    // Deflate packs at most 1032 bytes into one; other methods more, and are bounded by the sum.
    if (!(status.valid & ZIP_STAT_SIZE) || status.size > kMostBytes ||
        (status.comp_method == ZIP_CM_DEFLATE && status.size / 1032 > status.comp_size + 1))
      fail(Fault::input, "{} promises {} bytes from {} packed ones: at most {} are read", title,
           status.size, status.comp_size, kMostBytes);
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(::zip_fopen_index(zip_, index, 0),
                                                                 ::zip_fclose);
    check(file != nullptr);
    std::vector<std::uint8_t> bytes(status.size);
    const zip_int64_t n = ::zip_fread(file.get(), bytes.data(), bytes.size());
    if (n != static_cast<zip_int64_t>(bytes.size()))
      fail(Fault::input, "{} cannot be unpacked: expected {} bytes, found {}", title, bytes.size(),
           n < 0 ? std::string(::zip_file_strerror(file.get())) : std::to_string(n));
    std::uint8_t beyond = 0;  // reading up to the end compares the CRC32
    if (::zip_fread(file.get(), &beyond, 1) != 0)
      fail(Fault::input, "{} cannot be unpacked: {}", title, ::zip_file_strerror(file.get()));
    return bytes;
  }

 private:
  std::string path_;
  zip_t* zip_ = nullptr;
  std::mutex mutex_;
  std::map<std::string, zip_uint64_t> index_;
};

ImageFiles::~ImageFiles() = default;

ImageFiles::ImageFiles(const std::string& path, const std::string& split) : path_(path) {
  std::error_code error;
  Listing all;
  if (fs::is_directory(path, error)) {
    all = list_folder(path);
  } else if (fs::is_regular_file(path, error)) {
    archive_ = std::make_unique<Archive>(path);
    all = archive_->list();
  } else {
    fail(Fault::usage, "there is no directory {}", path);
  }
  if (!all.repeated.empty())
    notes_.push_back(fmt::format("{} linked folder{} read already, by another path: {}",
                                 all.repeated.size(), all.repeated.size() == 1 ? "" : "s",
                                 some_of(all.repeated)));
  const std::vector<std::string>& known = image_extensions();
  const auto others = std::partition(all.files.begin(), all.files.end(), [&](const auto& file) {
    return std::find(known.begin(), known.end(), extension_of(file)) != known.end();
  });
  names_.assign(all.files.begin(), others);
  if (names_.empty())
    fail(Fault::usage, "{} holds no image: expected *{}", title(), fmt::join(known, ", *"));
  choose_split(split);
  sort();
  note_left_out({others, all.files.end()}, all.folders);
}

void ImageFiles::note_left_out(const std::vector<std::string>& files,
                               const std::vector<std::string>& folders) {
  std::map<std::string, int> kinds;
  int sum = 0;
  for (const std::string& file : files) {
    if (!file.starts_with(inside_)) continue;
    const std::string extension = extension_of(file);
    ++kinds[extension.empty() ? "no ending" : extension];
    ++sum;
  }
  std::vector<std::string> listed;
  for (const auto& [extension, n] : kinds) listed.push_back(fmt::format("{} {}", n, extension));
  if (sum > 0)
    notes_.push_back(fmt::format("{} file{} of other kinds left out: {}", sum, sum == 1 ? "" : "s",
                                 some_of(listed)));
  std::set<std::string> used;
  for (const std::string& name : names_) used.insert(top_of(name));
  std::vector<std::string> empty;
  for (const std::string& folder : folders) {
    if (!folder.starts_with(inside_)) continue;
    const std::string top = folder.substr(inside_.size());
    if (top.find('/') == std::string::npos && !used.contains(top)) empty.push_back(top);
  }
  std::sort(empty.begin(), empty.end());
  if (!empty.empty())
    notes_.push_back(fmt::format("{} folder{} without an image: {}", empty.size(),
                                 empty.size() == 1 ? "" : "s", some_of(empty)));
}

std::string split_of(const std::string& folder) {
  if (folder == "train" || folder == "test") return folder;
  return folder == "val" || folder == "valid" || folder == "validation" ? "val" : "";
}

void ImageFiles::choose_split(const std::string& split) {
  std::map<std::string, std::string> parts;  // split -> folder
  bool only = true;
  for (const std::string& name : names_) {
    const std::string part = name.find('/') == std::string::npos ? "" : split_of(top_of(name));
    only = only && !part.empty();
    if (!part.empty()) parts[part] = top_of(name);
  }
  if (!only || parts.size() < 2 || !parts.contains("train")) {
    if (split.empty()) return;
    fail(Fault::usage,
         "{} has no part '{}': expected nothing but the folders train and val or test", title(),
         split);
  }
  const std::string wanted = split.empty() ? "train" : split;
  if (!parts.contains(wanted)) fail(Fault::usage, "{} has no folder '{}'", title(), wanted);
  inside_ = parts[wanted] + "/";
  std::erase_if(names_, [&](const std::string& name) { return !name.starts_with(inside_); });
  for (std::string& name : names_) name.erase(0, inside_.size());
  std::vector<std::string> others;
  for (const auto& [part, folder] : parts)
    if (part != wanted) others.push_back("#" + part);
  notes_.push_back(fmt::format("its folder {} is read; {} would be the other part{}",
                               inside_.substr(0, inside_.size() - 1), fmt::join(others, " or "),
                               others.size() == 1 ? "" : "s"));
}

void ImageFiles::sort() {
  std::sort(names_.begin(), names_.end());
  if (!std::all_of(names_.begin(), names_.end(), [](const std::string& name) {
        return name.find('/') != std::string::npos && is_number(top_of(name));
      }))
    return;
  const auto number = [](const std::string& name) {
    std::string digits = top_of(name);
    digits.erase(0, digits.find_first_not_of('0'));
    return std::pair(digits.size(), digits);
  };
  std::stable_sort(names_.begin(), names_.end(), [&](const std::string& a, const std::string& b) {
    return number(a) < number(b);
  });
}

std::string ImageFiles::path(std::size_t i) const { return path_ + "/" + inside_ + names_[i]; }
std::string ImageFiles::title() const { return (archive_ ? "archive " : "directory ") + path_; }

std::vector<std::uint8_t> ImageFiles::read(std::size_t i) const {
  return archive_ ? archive_->read(inside_ + names_[i], path(i)) : read_whole(path(i));
}

std::vector<std::string> ImageFiles::top_folders() const {
  std::vector<std::string> tops;
  std::set<std::string> seen;
  for (const std::string& name : names_)
    if (std::string top = name.find('/') == std::string::npos ? "" : top_of(name);
        !top.empty() && seen.insert(top).second)
      tops.push_back(std::move(top));
  return tops;
}

}  // namespace ganflow

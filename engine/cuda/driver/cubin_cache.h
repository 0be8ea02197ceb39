// Files of compiled kernels, each with the key it was made from: any number of processes read and
// write them at once, a damaged one counts as absent.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace ganflow::cuda {

struct CachedCubin {
  std::string log, image;
};

// The file of a key: its name is a hash of it.
std::filesystem::path cache_file(const std::filesystem::path& folder, const std::string& key);

// Absent: no such file, a damaged one, or another key of the same hash.
std::optional<CachedCubin> read_cached(const std::filesystem::path& file, const std::string& key);

// By a file beside it that is renamed; whatever goes wrong, there is no new file.
void write_cached(const std::filesystem::path& file, const std::string& key,
                  const CachedCubin& cubin) noexcept;

}  // namespace ganflow::cuda

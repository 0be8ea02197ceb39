// Files of what can be made again, each with the key it was made from: any number of processes read
// and write them at once, a damaged one counts as absent. Those that were used longest ago go where
// a folder holds more than it may.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace ganflow {

// $XDG_CACHE_HOME/ganflow, or ~/.cache/ganflow; empty where neither variable is set.
std::filesystem::path cache_folder();

// The file of a key: its name is a hash of it, and `kind` ("cubin") behind a dot.
std::filesystem::path cache_file(const std::filesystem::path& folder, const std::string& key,
                                 const std::string& kind);

// Absent: no such file, a damaged one, or another key of the same hash.
std::optional<std::string> read_cached(const std::filesystem::path& file, const std::string& key);

inline constexpr std::uintmax_t kMostCached = std::uintmax_t{1} << 30;  // bytes of a folder

// By a file beside it that is renamed; whatever goes wrong, there is no new file.
void write_cached(const std::filesystem::path& file, const std::string& key,
                  const std::string& value, std::uintmax_t most = kMostCached) noexcept;

}  // namespace ganflow

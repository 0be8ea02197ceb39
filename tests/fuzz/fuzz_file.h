// What every fuzz target does: the bytes become a file, a reader reads it, and either it succeeds
// or it throws an Error of one sentence, in 10 s of the processor's time. Anything else ends the
// fuzzer.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include "cpu_limit.h"
#include "engine/error.h"

namespace ganflow::fuzz {

// A directory of this process in memory, removed at exit.
inline const std::string& directory() {
  static const struct Made {
    std::string path = "/dev/shm/ganflow_fuzz_" + std::to_string(::getpid());
    Made() { std::filesystem::create_directories(path); }
    ~Made() { std::filesystem::remove_all(path); }
  } made;
  return made.path;
}

// The path of a file of these bytes.
inline std::string file_of(std::span<const std::uint8_t> bytes, const std::string& name = "input") {
  const std::string path = directory() + "/" + name;
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || ::write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    std::abort();
  ::close(fd);
  return path;
}

template <class Body>
void only_sentences(Body&& body) {
  const CpuLimit limit(kInputSeconds);
  try {
    body();
  } catch (const Error& error) {
    const std::string text = error.what();
    if (text.size() < 10 || text.find('\n') != std::string::npos) std::abort();
  }
}

}  // namespace ganflow::fuzz

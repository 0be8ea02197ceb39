#include "engine/cuda/driver/jit.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "engine/cuda/texts.h"
#include "engine/error.h"

namespace ganflow::cuda {
namespace {

namespace fs = std::filesystem;

// No contraction: a kernel and its emulation on the CPU give equal bits.
const std::vector<std::string> kOptions = {"-default-device", "-std=c++20", "-fmad=false",
                                           "--ptxas-options=-v"};

struct Headers {
  std::vector<const char*> names, texts;
};

// In place: the texts are embedded and end with a zero.
Headers headers() {
  Headers all;
  for (const auto* list : {&header_texts(), &standard_header_texts()})
    for (const HeaderText& header : *list) {
      all.names.push_back(header.name.data());
      all.texts.push_back(header.text.data());
    }
  return all;
}

// All that the machine code depends on.
std::string key_of(const std::string& text, const std::string& architecture,
                   const std::string& version) {
  std::string key = "NVRTC " + version + " " + architecture;
  for (const std::string& option : kOptions) key += " " + option;
  key += "\n";
  for (const auto* list : {&header_texts(), &standard_header_texts()})
    for (const HeaderText& header : *list)
      key += std::string(header.name) + "\n" + std::string(header.text);
  return key + text;
}

// The first line of the log that is a complaint; empty: none is.
std::string complaint(const std::string& log) {
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);)
    for (const char* word : {"error", "warning"})
      if (line.find(word) != std::string::npos) return line;
  return {};
}

// As the cache keeps them: the log's bytes, a zero, the log, the image.
struct Compiled {
  std::string log, image;
};
std::string text_of(const Compiled& made) {
  return std::to_string(made.log.size()) + '\0' + made.log + made.image;
}
Compiled compiled_of(const std::string& kept) {
  std::size_t log = 0;
  const char* begin = std::from_chars(kept.data(), kept.data() + kept.size(), log).ptr + 1;
  const auto first = static_cast<std::size_t>(begin - kept.data());
  return {kept.substr(first, log), kept.substr(first + log)};
}

}  // namespace

Jit::Jit(const Nvrtc& nvrtc, fs::path cache)
    : nvrtc_(nvrtc), version_(version_text(version_of(nvrtc))), cache_(std::move(cache)) {}

Cubin Jit::compile(const std::string& text, int architecture) const {
  const std::string name = fmt::format("sm_{}", architecture);
  const std::string key = key_of(text, name, version_);
  const fs::path file = cache_.empty() ? fs::path() : cache_file(cache_, key, "cubin");
  if (!file.empty())
    if (const std::optional<std::string> kept = read_cached(file, key)) {
      Compiled known = compiled_of(*kept);
      return {std::move(known.image), kernel_uses(known.log)};
    }
  Compiled made;
  made.log = log_and_image(text, architecture, made.image);
  if (!file.empty()) write_cached(file, key, text_of(made));
  return {std::move(made.image), kernel_uses(made.log)};
}

std::string Jit::log_and_image(const std::string& text, int architecture,
                               std::string& image) const {
  struct Owner {
    const Nvrtc& nvrtc;
    nvrtcProgram handle = nullptr;
    ~Owner() {
      if (handle) nvrtc.nvrtcDestroyProgram(&handle);
    }
  } program{nvrtc_};
  const auto refuse = [&](const std::string& why) {
    fail(Fault::usage, "--device cuda: kernels for sm_{} do not compile by NVRTC {}: {}",
         architecture, version_, why);
  };
  const auto check = [&](nvrtcResult result, const char* call) {
    if (result != NVRTC_SUCCESS)
      refuse(fmt::format("{} failed ({})", call, nvrtc_.nvrtcGetErrorString(result)));
  };
  const Headers all = headers();
  check(nvrtc_.nvrtcCreateProgram(&program.handle, text.c_str(), "kernels",
                                  static_cast<int>(all.names.size()), all.texts.data(),
                                  all.names.data()),
        "nvrtcCreateProgram");
  const std::string target = fmt::format("--gpu-architecture=sm_{}", architecture);
  std::vector<const char*> options{target.c_str()};
  for (const std::string& option : kOptions) options.push_back(option.c_str());
  const nvrtcResult result =
      nvrtc_.nvrtcCompileProgram(program.handle, static_cast<int>(options.size()), options.data());
  if (result == NVRTC_ERROR_INVALID_OPTION)
    refuse("it does not know this GPU or is too old; update it (./setup.sh --cuda)");
  std::size_t bytes = 0;
  std::string log;
  check(nvrtc_.nvrtcGetProgramLogSize(program.handle, &bytes), "nvrtcGetProgramLogSize");
  log.resize(bytes);
  check(nvrtc_.nvrtcGetProgramLog(program.handle, log.data()), "nvrtcGetProgramLog");
  if (const std::string line = complaint(log); !line.empty()) refuse(line);
  check(result, "nvrtcCompileProgram");
  check(nvrtc_.nvrtcGetCUBINSize(program.handle, &bytes), "nvrtcGetCUBINSize");
  image.resize(bytes);
  check(nvrtc_.nvrtcGetCUBIN(program.handle, image.data()), "nvrtcGetCUBIN");
  return log;
}

std::vector<KernelUse> kernel_uses(const std::string& log) {
  std::vector<KernelUse> uses;
  std::istringstream lines(log);
  // The number that stands before a word.
  const auto before = [](const std::string& line, const char* word) -> long {
    const std::size_t at = line.find(word);
    if (at == std::string::npos) return -1;
    const std::size_t space = line.find_last_of(" ", at - 2);
    return std::atol(line.c_str() + (space == std::string::npos ? 0 : space + 1));
  };
  for (std::string line; std::getline(lines, line);) {
    const std::string entry = "entry function '";
    if (const std::size_t at = line.find(entry); at != std::string::npos) {
      const std::size_t first = at + entry.size();
      uses.push_back({line.substr(first, line.find('\'', first) - first)});
    } else if (!uses.empty()) {
      if (const long bytes = before(line, "bytes spill stores"); bytes >= 0)
        uses.back().spilled_bytes = static_cast<std::size_t>(bytes);
      if (const long registers = before(line, "registers"); registers >= 0)
        uses.back().registers = static_cast<int>(registers);
    }
  }
  return uses;
}

}  // namespace ganflow::cuda

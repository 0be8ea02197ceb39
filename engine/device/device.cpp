#include "engine/device/device.h"

#include <algorithm>

#include "engine/error.h"
#include "engine/suggest.h"

namespace ganflow {
namespace {

// Devices that another build may have.
const std::vector<std::pair<std::string, std::string>> kOptional = {{"cuda", "CUDA"}};

// A backend that finds no device gives way to the next.
std::shared_ptr<const Device> most_capable(Arithmetic arithmetic) {
  for (const Backend& backend : backends()) {
    if (&backend == &backends().back()) break;
    try {
      return backend.open("", arithmetic);
    } catch (const Error&) {
      // Whoever names it is told why.
    }
  }
  return backends().back().open("", arithmetic);
}

}  // namespace

std::shared_ptr<const Device> open_device(const std::string& name, Arithmetic arithmetic) {
  if (name == "auto") return most_capable(arithmetic);
  const std::string kind = name.substr(0, name.find(':'));
  if (name.ends_with(':'))
    fail(Fault::usage, "--device {}: there is no number behind the colon; use --device {}", name,
         kind);
  for (const Backend& backend : backends())
    if (backend.name == kind)
      return backend.open(name.size() > kind.size() ? name.substr(kind.size() + 1) : "",
                          arithmetic);
  for (const auto& [optional, title] : kOptional)
    if (optional == kind)
      fail(Fault::usage, "--device {}: this build has no {} backend; use --device cpu", name,
           title);
  std::vector<std::string> known;
  for (const Backend& backend : backends()) known.push_back(backend.name);
  known.push_back("auto");
  fail(Fault::usage, "--device {}: no such device{}", name, suggestion(name, known));
}

}  // namespace ganflow

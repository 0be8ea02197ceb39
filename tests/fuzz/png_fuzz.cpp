#include "fuzz_file.h"
#include "io/images/png.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  const std::string path = fuzz::file_of({data, size});
  fuzz::only_sentences([&] { read_png(path); });
  fuzz::only_sentences([&] { verify_png(path); });
  return 0;
}

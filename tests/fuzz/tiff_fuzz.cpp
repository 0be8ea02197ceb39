#include "fuzz_file.h"
#include "io/images/tiff.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  fuzz::only_sentences([&] { decode_tiff({data, size}, "input"); });
  return 0;
}

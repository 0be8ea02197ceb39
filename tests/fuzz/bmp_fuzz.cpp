#include "fuzz_file.h"
#include "io/images/bmp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  fuzz::only_sentences([&] { decode_bmp({data, size}, "input"); });
  return 0;
}

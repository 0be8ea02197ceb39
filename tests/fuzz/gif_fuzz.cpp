#include "fuzz_file.h"
#include "io/images/gif.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  fuzz::only_sentences([&] { decode_gif({data, size}, "input"); });
  return 0;
}

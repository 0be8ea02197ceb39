#include "fuzz_file.h"
#include "io/images/webp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  fuzz::only_sentences([&] { decode_webp({data, size}, "input"); });
  return 0;
}

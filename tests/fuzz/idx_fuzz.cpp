#include "fuzz_file.h"
#include "io/data/idx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  const std::string path = fuzz::file_of({data, size});
  fuzz::only_sentences([&] { read_idx_images(path); });
  fuzz::only_sentences([&] { read_idx_labels(path); });
  return 0;
}

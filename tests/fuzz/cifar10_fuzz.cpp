#include "fuzz_file.h"
#include "io/data/cifar10.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  const std::string path = fuzz::file_of({data, size});
  for (const Extent records : {1, 2}) {
    fuzz::only_sentences([&] { read_cifar10_batch(path, records); });
  }
  return 0;
}

// Any bytes: the HDF5 library meets them in a child process first.
#include "fuzz_file.h"
#include "io/hdf5_images.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  const std::string path = fuzz::file_of({data, size});
  fuzz::only_sentences([&] { read_hdf5_images(path); });
  return 0;
}

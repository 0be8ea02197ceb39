// Any bytes. The HDF5 library itself hangs or crashes on some: what does not end well in a child
// process at once is not read here.
#include "fuzz_file.h"
#include "io/data/hdf5_images.h"
#include "io/disk/child.h"

// The library's leaks would each be looked into anew; a fork takes the longer the more memory there
// is.
extern "C" const char* __asan_default_options() { return "detect_leaks=0:quarantine_size_mb=8"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  const std::string path = fuzz::file_of({data, size});
  const ChildOutcome outcome = in_child(0.5, [&] {
    decode_hdf5_images(path);
    return path;
  });
  if (outcome.text.find(path) != std::string::npos)  // read, or refused in a sentence
    fuzz::only_sentences([&] { decode_hdf5_images(path); });
  return 0;
}

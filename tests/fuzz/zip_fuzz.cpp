#include "fuzz_file.h"
#include "io/data/image_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  const std::string path = fuzz::file_of({data, size}, "input.zip");
  fuzz::only_sentences([&] {
    const ImageFiles files(path);
    for (std::size_t i = 0; i < files.count(); ++i) fuzz::only_sentences([&] { files.read(i); });
  });
  return 0;
}

// Gzip streams read in pieces of any size.
#include <array>

#include "fuzz_file.h"
#include "io/data/byte_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ganflow;
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0];  // one byte says how
  const std::string path = fuzz::file_of({data + 1, size - 1});
  fuzz::only_sentences([&] {
    ByteSource source(path);
    std::array<std::uint8_t, 256> buffer;
    while (source.read(std::span(buffer).first(piece)) == piece) {
    }
    if (source.offset() > source.most_bytes()) std::abort();
  });
  return 0;
}
